use osapi_metrics::{Counter, LabelSet, MetricSet, instrumented_job};

#[derive(Clone, LabelSet)]
struct StepLabels {
    retried: bool,
}

#[derive(MetricSet)]
#[metric_set(job(labels = StepLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<StepLabels>,
}

#[instrumented_job(metrics = Steps, labels = "resize")]
fn resize() {}

fn main() {
    resize();
    let _labels = StepLabels { retried: false };
}
