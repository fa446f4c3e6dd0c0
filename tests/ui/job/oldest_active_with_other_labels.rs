use osapi_metrics::{LabelSet, MetricSet, ObservableGauge, jobs::JobLabels};

#[derive(Clone, LabelSet)]
struct RetryLabels {
    retried: bool,
}

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// What is known of steps.
    #[metric(unit = "s", on = oldest_active)]
    step_age_seconds: ObservableGauge<RetryLabels>,
}

fn main() {
    let _labels = RetryLabels { retried: true };
    let _steps = Steps::global();
}
