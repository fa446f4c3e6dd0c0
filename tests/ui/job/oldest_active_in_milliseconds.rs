use osapi_metrics::{ObservableGauge, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels), allow(non_base_units))]
struct Steps {
    /// Age of the oldest step.
    #[metric(unit = "ms", on = oldest_active)]
    step_age_milliseconds: ObservableGauge<StepLabels>,
}

fn main() {}
