use osapi_metrics::{Counter, JobLabels, MetricSet, instrumented_job};

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
