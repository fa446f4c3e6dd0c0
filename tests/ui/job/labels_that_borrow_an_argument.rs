use osapi_metrics::{Counter, LabelSet, MetricSet, instrumented_job};

#[derive(Clone, LabelSet)]
struct StepLabels<'a> {
    #[label(max = 20)]
    namespace: &'a str,
}

#[derive(MetricSet)]
#[metric_set(job(labels = StepLabels<'static>))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<StepLabels<'static>>,
}

#[instrumented_job(metrics = Steps, labels = StepLabels { namespace: &namespace })]
async fn execute(namespace: String) {}

fn main() {
    let _job = execute("images".to_owned());
}
