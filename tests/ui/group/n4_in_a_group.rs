use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    wait_seconds: Gauge,
}

fn main() {}
