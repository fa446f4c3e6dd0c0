use osapi_metrics::instrumented_job;

#[instrumented_job(name = "image.resize", buckets = [0.01, 1.0, 0.1])]
fn resize() {}

fn main() {
    resize();
}
