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
    #[metric(unit = "KiBy", buckets = [1, 10], on = output_size)]
    step_size_kibibytes: Histogram<StepLabels>,
}

fn main() {}
