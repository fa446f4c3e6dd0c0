use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Metrics {
    /// Jobs created.
    osapi_jobs_created_total: Counter,
}

fn main() {}
