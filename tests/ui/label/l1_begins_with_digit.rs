use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct TaskLabels {
    #[label(key = "2nd_queue", max = 20)]
    second_queue: String,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    Tasks::global().tasks_requested_total.with(TaskLabels { second_queue: String::new() }).inc();
}
