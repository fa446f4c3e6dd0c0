use osapi_metrics::instrumented_job;

#[instrumented_job(final_attempt = 3)]
fn resize() {}

fn main() {}
