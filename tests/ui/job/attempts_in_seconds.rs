use osapi_metrics::{Histogram, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels), allow(non_base_units))]
struct Steps {
    /// Attempts.
    #[metric(unit = "s", on = attempts)]
    step_attempts_seconds: Histogram<StepLabels>,
}

fn main() {}
