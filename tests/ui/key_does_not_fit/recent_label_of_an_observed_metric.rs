use osapi_metrics::{LabelSet, MetricSet, ObservableGauge};

#[derive(LabelSet)]
struct TaskLabels {
    #[label(recent = 10)]
    task: u64,
}

#[derive(MetricSet)]
struct Tasks {
    /// How much of a task is done.
    #[metric(unit = "1")]
    task_progress_ratio: ObservableGauge<TaskLabels>,
}

fn main() {
    Tasks::global().task_progress_ratio.with(TaskLabels { task: 1 }).observe(|| 0.5).keep();
}
