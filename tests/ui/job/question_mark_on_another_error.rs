use osapi_metrics::instrumented_job;

struct ResizeError;

#[instrumented_job]
fn resize(width: &str) -> Result<u32, ResizeError> {
    let width: u32 = width.parse()?;
    Ok(width / 2)
}

fn main() {
    let _resized = resize("2").is_ok();
    let _error = ResizeError;
}
