use osapi_metrics::instrumented_job;

#[instrumented_job(error_name = |error: &std::io::Error| error.kind())]
fn resize(width: u32) -> Result<u32, std::io::Error> {
    Ok(width / 2)
}

fn main() {
    let _width = resize(2);
}
