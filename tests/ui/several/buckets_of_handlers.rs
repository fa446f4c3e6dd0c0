use osapi_metrics::instrumented_job;

#[instrumented_job(name = "image.resize", buckets = 1.0)]
fn resize() {}

#[instrumented_job(name = "image.crop", buckets)]
fn crop() {}

#[instrumented_job(name = "image.turn", buckets = [1s, 60])]
fn turn() {}

fn main() {
    resize();
    crop();
    turn();
}
