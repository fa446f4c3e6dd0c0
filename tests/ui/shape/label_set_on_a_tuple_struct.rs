use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct JobLabels(bool);

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_created_total: Counter<JobLabels>,
}

fn main() {
    Jobs::global().jobs_created_total.with(JobLabels(true)).inc();
}
