use osapi_metrics::{Counter, MetricSet};

type Jobs = Counter;

#[derive(MetricSet)]
struct Metrics {
    /// Jobs done.
    jobs_total: Jobs,
}

fn main() {}
