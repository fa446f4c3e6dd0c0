use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct TaskLabels {
    #[label(max = 200)]
    namespace: String,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    #[metric(max_series = 100)]
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    let labels = TaskLabels { namespace: String::new() };
    Tasks::global().tasks_requested_total.with(labels).inc();
}
