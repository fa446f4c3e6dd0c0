use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "5s", target = 99))]
fn resize() {}

fn main() {}
