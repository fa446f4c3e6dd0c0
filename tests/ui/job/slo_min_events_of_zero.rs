use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "5s", target = 0.99, min_events = 0))]
fn resize() {}

fn main() {}
