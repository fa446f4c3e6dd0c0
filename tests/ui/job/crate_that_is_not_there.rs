use osapi_metrics::instrumented_job;

#[instrumented_job(crate = "renamed_metrics", attempt = 1)]
fn resize(width: u32) -> Result<u32, std::io::Error> {
    Ok(width / 2)
}

fn main() {
    let _width = resize(2);
}
