use osapi_metrics::instrumented_job;

#[instrumented_job(ok_if = |error: &std::io::Error| true)]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    resize(2);
}
