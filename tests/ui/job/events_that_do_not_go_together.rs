use osapi_metrics::{Counter, Gauge, LabelSet, MetricSet, UpDownCounter};

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
    #[metric(on = [started, started])]
    steps_total: Counter<StepLabels>,
    /// Steps running.
    #[metric(on = [active, started])]
    steps_running: UpDownCounter<StepLabels>,
    /// Steps counted by nothing.
    #[metric(on = [])]
    steps_counted_total: Counter<StepLabels>,
    /// Last success.
    #[metric(unit = "By", on = last_success)]
    step_size_bytes: Gauge<StepLabels>,
}

fn main() {}
