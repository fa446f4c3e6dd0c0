use osapi_metrics::{Gauge, MetricSet, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// What is known of steps.
    #[metric(unit = "s", on = last_success)]
    step_last_success_seconds: Gauge<JobLabels, i64>,
}

fn main() {
    let _steps = Steps::global();
}
