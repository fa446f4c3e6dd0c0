use osapi_metrics::instrumented_job;

#[instrumented_job]
fn resize(width: u32) -> u32 {
    let half = width / 2;
    half.to_string()
}

fn main() {
    resize(2);
}
