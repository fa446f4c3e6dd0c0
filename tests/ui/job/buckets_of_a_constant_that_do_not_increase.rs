use osapi_metrics::instrumented_job;

const HOURS: [f64; 2] = [3600.0, 60.0];

#[instrumented_job(name = "image.resize", buckets = HOURS)]
fn resize() {}

fn main() {
    resize();
}
