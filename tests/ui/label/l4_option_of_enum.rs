use osapi_metrics::{Counter, LabelSet, LabelValue, MetricSet};

#[derive(Clone, Copy, LabelValue)]
enum Priority {
    Low,
    High,
}

#[derive(Clone, LabelSet)]
struct TaskLabels {
    priority: Option<Priority>,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    for priority in [None, Some(Priority::Low), Some(Priority::High)] {
        Tasks::global().tasks_requested_total.with(TaskLabels { priority }).inc();
    }
}
