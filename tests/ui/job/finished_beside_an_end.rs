use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels), allow(non_base_units))]
struct Steps {
    /// Steps.
    #[metric(on = [started, completed, finished])]
    steps_total: Counter<StepLabels>,
}

fn main() {}
