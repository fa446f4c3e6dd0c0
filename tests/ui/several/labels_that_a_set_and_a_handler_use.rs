use osapi_metrics::{Counter, Histogram, JobStatus, LabelSet, MetricSet, instrumented_job};

#[derive(Clone, LabelSet)]
struct StepLabels {
    namespace: String,
    #[label(max = 20)]
    instance: String,
}

#[derive(Clone, LabelSet)]
struct StepEndLabels {
    #[label(flatten)]
    step: StepLabels,
    #[label(job = statsu)]
    status: JobStatus,
}

#[derive(MetricSet)]
#[metric_set(job(labels = StepLabels))]
struct Steps {
    /// Steps executed.
    #[metric(on = started)]
    steps_executed_total: Counter<StepLabels>,
    /// Steps that ended.
    #[metric(on = finished)]
    steps_finished_total: Counter<StepEndLabels>,
    /// How long steps take.
    #[metric(unit = "s", on = duration)]
    step_duration_seconds: Histogram<StepLabels>,
}

fn labels(namespace: &str) -> StepLabels {
    StepLabels { namespace: namespace.to_owned(), instance: "a".to_owned() }
}

#[instrumented_job(metrics = Steps, labels = labels("images"))]
fn resize(width: u32) -> u32 {
    width / 2
}

fn main() {
    let end = StepEndLabels { step: labels("images"), status: JobStatus::Completed };
    Steps::global().steps_finished_total.with(end).inc();
    Steps::global().steps_executed_total.with(labels("images")).inc();
    resize(2);
}
