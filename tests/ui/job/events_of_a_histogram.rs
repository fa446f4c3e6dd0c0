use osapi_metrics::{Histogram, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels))]
struct Steps {
    /// Step time.
    #[metric(unit = "s", on = [duration, queue_wait])]
    step_seconds: Histogram<StepLabels>,
}

fn main() {}
