use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct TaskLabels {
    queue: Option<String>,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    Tasks::global().tasks_requested_total.with(TaskLabels { queue: None }).inc();
}
