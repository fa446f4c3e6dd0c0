use osapi_metrics::{Counter, Histogram, LabelSet, MetricSet, instrumented_job};

#[derive(Clone, LabelSet)]
struct StepLabels {
    #[label(max = 10)]
    namespace: String,
}

/// Steps.
#[derive(MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels), allow(non_base_units))]
struct Steps {
    /// Step execution time.
    #[metric(name = "tasker.step.duration", unit = "ms", buckets = [5, 50, 500.5], on = duration)]
    duration: Histogram<StepLabels>,
    /// Steps that count.
    #[metric(name = "tasker.step.valid.total", on = slo_valid)]
    valid: Counter<StepLabels>,
}

#[instrumented_job(
    metrics = Steps,
    labels = StepLabels { namespace: String::new() },
    slo(latency = "0.5s", target = 0.99)
)]
fn step() {}

fn main() {}
