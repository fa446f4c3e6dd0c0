use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Metrics {
    /// Jobs created.
    #[metric(name = b"osapi_jobs_created_total")]
    created: Counter,
}

fn main() {}
