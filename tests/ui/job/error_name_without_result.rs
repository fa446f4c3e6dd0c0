use osapi_metrics::instrumented_job;

#[instrumented_job(error_name = |error: &std::io::Error| "io")]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    let _width = resize(2);
}
