use osapi_metrics::{Counter, MetricSet, instrumented_job, jobs::JobLabels};

#[derive(MetricSet)]
struct Steps {
    /// Steps executed.
    steps_executed_total: Counter<JobLabels>,
}

#[instrumented_job(metrics = Steps, labels = JobLabels { job_name: "resize".into() })]
fn resize() {}

fn main() {
    resize();
}
