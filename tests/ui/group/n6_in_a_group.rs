use osapi_metrics::{Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    count: Gauge,
}

fn main() {}
