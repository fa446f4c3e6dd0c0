use osapi_metrics::{Counter, MetricSet};

#[derive(Clone)]
struct StepLabels;

#[derive(MetricSet)]
#[metric_set(job(labels = StepLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter,
}

fn main() {
    let _labels = StepLabels;
}
