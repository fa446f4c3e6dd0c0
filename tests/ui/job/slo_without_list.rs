use osapi_metrics::instrumented_job;

#[instrumented_job(slo = 0.99)]
fn resize() {}

fn main() {}
