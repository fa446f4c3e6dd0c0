use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "5s", target = 0.99, min_events = "50"))]
fn resize() {}

fn main() {}
