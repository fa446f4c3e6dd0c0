use osapi_metrics::instrumented_job;

#[instrumented_job(nam = "image.resize")]
fn resize() {}

fn main() {
    resize();
}
