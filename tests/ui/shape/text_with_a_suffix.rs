use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
struct Metrics {
    /// Jobs created.
    #[metric(name = "osapi_jobs_created_total"s)]
    created: Counter,
}

fn main() {}
