use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct TaskLabels {
    #[label(key = "otel_metric_overflow", max = 20)]
    overflow: String,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    Tasks::global().tasks_requested_total.with(TaskLabels { overflow: String::new() }).inc();
}
