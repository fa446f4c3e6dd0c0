use osapi_metrics::{Counter, MetricSet, instrumented_job, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<JobLabels>,
}

#[instrumented_job(metrics = Steps)]
fn resize() {}

fn main() {
    resize();
}
