use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct StepLabels<'a> {
    #[label(max = 20)]
    namespace: &'a str,
}

#[derive(MetricSet)]
#[metric_set(job(labels = StepLabels<'a>))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<StepLabels<'static>>,
}

fn main() {
    Steps::global().steps_executed_total.with(StepLabels { namespace: "images" }).inc();
}
