use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct TaskLabels {
    #[label(max = 100)]
    namespace: String,
    #[label(max = 50)]
    worker: String,
    retried: bool,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    let labels = TaskLabels { namespace: String::new(), worker: String::new(), retried: false };
    Tasks::global().tasks_requested_total.with(labels).inc();
}
