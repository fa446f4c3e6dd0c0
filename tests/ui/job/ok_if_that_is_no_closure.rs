use osapi_metrics::instrumented_job;

#[instrumented_job(ok_if = true)]
fn resize(width: u32) -> Result<u32, std::io::Error> {
    Ok(width / 2)
}

fn main() {
    let _resized = resize(2).is_ok();
}
