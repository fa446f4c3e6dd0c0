use osapi_metrics::{Counter, LabelSet, MetricSet, jobs::JobLabels};

#[derive(Clone, LabelSet)]
struct TaskLabels {
    #[label(flatten = true)]
    job: JobLabels,
}

#[derive(MetricSet)]
struct Tasks {
    /// Tasks requested.
    tasks_requested_total: Counter<TaskLabels>,
}

fn main() {
    Tasks::global().tasks_requested_total.with(TaskLabels { job: JobLabels { job_name: "resize".into() } }).inc();
}
