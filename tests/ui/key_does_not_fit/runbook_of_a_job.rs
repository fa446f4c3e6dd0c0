use osapi_metrics::instrumented_job;

#[instrumented_job(runbook = "https://example.org/resize")]
fn resize() {}

fn main() {}
