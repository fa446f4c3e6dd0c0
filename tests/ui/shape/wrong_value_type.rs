use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Jobs {
    /// Jobs created.
    jobs_created_total: Counter<(), i64>,
}

fn main() {
    Jobs::global();
}
