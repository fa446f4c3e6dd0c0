use osapi_metrics::instrumented_job;

#[instrumented_job(slo(latency = "5s", taget = 0.99))]
fn resize() {}

fn main() {}
