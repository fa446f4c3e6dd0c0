use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, Copy, LabelSet)]
enum Status {
    Completed,
    Failed,
}

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_created_total: Counter<Status>,
}

fn main() {
    Jobs::global().jobs_created_total.with(Status::Completed).inc();
    Jobs::global().jobs_created_total.with(Status::Failed).inc();
}
