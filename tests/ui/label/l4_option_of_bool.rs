use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct TaskLabels {
    retried: Option<bool>,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    Tasks::global().tasks_requested_total.with(TaskLabels { retried: None }).inc();
}
