use osapi_metrics::instrumented_job;

#[instrumented_job(queued_at)]
fn resize() {}

fn main() {
    resize();
}
