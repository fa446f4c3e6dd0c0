use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels))]
struct Steps {
    /// Steps.
    #[metric(on = [])]
    steps_total: Counter<StepLabels>,
}

fn main() {}
