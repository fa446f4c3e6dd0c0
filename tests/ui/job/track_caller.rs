use osapi_metrics::instrumented_job;

#[instrumented_job]
#[track_caller]
fn resize() {}

fn main() {}
