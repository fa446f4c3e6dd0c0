use osapi_metrics::instrumented_job;

#[instrumented_job(scheduled_at = width)]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    let _width = resize(2);
}
