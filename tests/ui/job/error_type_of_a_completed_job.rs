use std::borrow::Cow;

use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

#[derive(LabelSet)]
struct EndLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(job = error_type, max = 10)]
    error_type: Cow<'static, str>,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels))]
struct Steps {
    /// Steps.
    #[metric(on = completed)]
    steps_total: Counter<EndLabels>,
}

fn main() {}
