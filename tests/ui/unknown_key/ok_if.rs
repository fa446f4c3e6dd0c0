use osapi_metrics::instrumented_job;

#[instrumented_job(success_if = |_| true)]
fn resize(width: u32) -> Result<u32, std::io::Error> {
    Ok(width / 2)
}

fn main() {
    let _resized = resize(2).is_ok();
}
