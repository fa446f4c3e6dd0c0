use osapi_metrics::{Counter, LabelSet, MetricSet, jobs::JobLabels};

#[derive(Clone, LabelSet)]
struct StepLabels {
    retried: bool,
}

#[derive(MetricSet)]
#[metric_set(job(labels = JobLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<StepLabels>,
}

fn main() {
    let _labels = StepLabels { retried: false };
}
