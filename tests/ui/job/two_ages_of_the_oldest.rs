use osapi_metrics::{MetricSet, ObservableGauge, jobs::JobLabels};

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Age of the oldest step.
    #[metric(unit = "s", on = oldest_active)]
    step_oldest_seconds: ObservableGauge<JobLabels>,
    /// The same once more.
    #[metric(unit = "s", on = oldest_active)]
    step_age_seconds: ObservableGauge<JobLabels>,
}

fn main() {
    Steps::global();
}
