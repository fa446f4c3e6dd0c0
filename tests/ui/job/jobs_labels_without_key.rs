use osapi_metrics::{Counter, MetricSet, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(JobLabels))]
struct Steps {
    /// What is known of steps.
    #[metric(on = started)]
    steps_executed_total: Counter<JobLabels>,
}

fn main() {
    let _steps = Steps::global();
}
