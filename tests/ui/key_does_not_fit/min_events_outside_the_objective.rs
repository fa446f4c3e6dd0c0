use osapi_metrics::instrumented_job;

#[instrumented_job(min_events = 50, slo(latency = "5s", target = 0.99))]
fn resize() {}

fn main() {}
