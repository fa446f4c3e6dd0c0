use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "4s", target = 0.99))]
fn resize() {}

fn main() {}
