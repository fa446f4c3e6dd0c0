use osapi_metrics::instrumented_job;

type Width = u32;

#[instrumented_job(error_type = |error: &std::io::Error| "io")]
fn resize(width: u32) -> Width {
    width / 2
}

fn main() {
    let _width = resize(2);
}
