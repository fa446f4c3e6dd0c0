use osapi_metrics::instrumented_job;

#[instrumented_job(prefix = "image")]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    resize(2);
}
