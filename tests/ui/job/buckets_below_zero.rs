use osapi_metrics::instrumented_job;

#[instrumented_job(name = "image.resize", buckets = [-1, 1])]
fn resize() {}

fn main() {
    resize();
}
