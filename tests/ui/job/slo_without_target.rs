use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "5s"))]
fn resize() {}

fn main() {}
