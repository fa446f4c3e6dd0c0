use osapi_metrics::instrumented_job;

#[instrumented_job]
#[osapi_metrics::instrumented_job(name = "image.resize")]
fn resize() {}

fn main() {}
