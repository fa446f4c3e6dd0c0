use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "5", target = 0.99))]
fn resize() {}

fn main() {}
