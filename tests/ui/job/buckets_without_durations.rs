use osapi_metrics::{Counter, LabelSet, MetricSet, instrumented_job};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = [started])]
    steps_executed_total: Counter<StepLabels>,
}

#[instrumented_job(
    metrics = Steps,
    labels = StepLabels { namespace: String::new() },
    buckets = [0.1, 1],
)]
fn step() {}

fn main() {
    step();
}
