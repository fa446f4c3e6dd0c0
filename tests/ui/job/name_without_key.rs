use osapi_metrics::instrumented_job;

#[instrumented_job("image.resize")]
fn resize() {}

fn main() {
    resize();
}
