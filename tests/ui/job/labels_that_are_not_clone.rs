use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct StepLabels {
    retried: bool,
}

#[derive(MetricSet)]
#[metric_set(job(labels = StepLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter,
}

fn main() {
    let _labels = StepLabels { retried: false };
}
