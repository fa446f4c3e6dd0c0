use osapi_metrics::{Counter, MetricSet};

struct JobLabels {
    retried: bool,
}

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_created_total: Counter<JobLabels>,
}

fn main() {
    let _labels = JobLabels { retried: false }.retried;
}
