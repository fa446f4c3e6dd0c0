use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct QueueLabels {
    #[label(max = 20)]
    name: String,
}

#[derive(LabelSet)]
struct JobLabels {
    #[label(flatten)]
    queue: QueueLabels,
    #[label(exemplar)]
    name: String,
}

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_created_total: Counter<JobLabels>,
}

fn main() {
    let queue = QueueLabels { name: String::new() };
    Jobs::global().jobs_created_total.with(JobLabels { queue, name: String::new() }).inc();
}
