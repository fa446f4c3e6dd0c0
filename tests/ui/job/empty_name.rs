use osapi_metrics::instrumented_job;

#[instrumented_job(name = "")]
fn resize() {}

fn main() {
    resize();
}
