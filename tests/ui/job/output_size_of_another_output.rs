use osapi_metrics::instrumented_job;

#[instrumented_job(output_size = |output: &Vec<u8>| output.len())]
fn resize() -> Result<String, std::io::Error> {
    Ok(String::new())
}

fn main() {
    let _resized = resize().is_ok();
}
