use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct TaskLabels {
    #[label(max = 2_000_000)]
    customer: String,
    urgent: bool,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    #[metric(max_series = 4_000_000)]
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    let labels = TaskLabels { customer: String::new(), urgent: true };
    Tasks::global().tasks_requested_total.with(labels).inc();
}
