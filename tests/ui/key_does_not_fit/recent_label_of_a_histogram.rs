use osapi_metrics::{Histogram, LabelSet, MetricSet};

#[derive(LabelSet)]
struct TaskLabels {
    #[label(recent = 10)]
    task: u64,
}

#[derive(MetricSet)]
struct Tasks {
    /// Time to finish a task.
    #[metric(unit = "s")]
    task_seconds: Histogram<TaskLabels>,
}

fn main() {
    Tasks::global().task_seconds.with(TaskLabels { task: 1 }).record(0.5);
}
