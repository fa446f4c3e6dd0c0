use osapi_metrics::instrumented_job;

#[instrumented_job(attempt = "first")]
fn resize() {}

fn main() {}
