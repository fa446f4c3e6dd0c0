use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
struct Metrics {
    /// Time that the oldest job has waited.
    #[metric(unit = "ms")]
    oldest_wait_ms: Gauge,
}

fn main() {}
