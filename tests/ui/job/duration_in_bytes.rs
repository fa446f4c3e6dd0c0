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
    /// Step size.
    #[metric(unit = "By", on = duration)]
    step_size_bytes: Histogram<StepLabels>,
}

fn main() {}
