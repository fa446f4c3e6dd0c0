use osapi_metrics::instrumented_job;

#[instrumented_job(labels = osapi_metrics::jobs::JobLabels { job_name: "resize".into() })]
fn resize() {}

fn main() {
    resize();
}
