use osapi_metrics::{Gauge, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels))]
struct Steps {
    /// Last success.
    #[metric(unit = "By", on = last_success)]
    step_size_bytes: Gauge<StepLabels>,
}

fn main() {}
