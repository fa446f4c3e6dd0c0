use osapi_metrics::{Counter, JobStatus, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

#[derive(LabelSet)]
struct EndLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(job = status)]
    status: JobStatus,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels))]
struct Steps {
    /// Steps.
    #[metric(on = [started, finished])]
    steps_total: Counter<EndLabels>,
}

fn main() {}
