use osapi_metrics::instrumented_job;

type Width = u32;

#[instrumented_job(ok_if = |_error: &std::io::Error| true)]
fn resize(width: u32) -> Width {
    width / 2
}

fn main() {
    let _width = resize(2);
}
