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

#[instrumented_job(metrics = Steps, labels = StepLabels { retried: attempt })]
async fn resize(attempt: u32) {
    let _attempt = attempt;
}

fn main() {
    drop(resize(1));
}
