use osapi_metrics::instrumented_job;

#[instrumented_job(name = "image.resize", name = "resize")]
fn resize() {}

fn main() {
    resize();
}
