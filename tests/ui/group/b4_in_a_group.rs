use osapi_metrics::{Histogram, MetricSet};

const BUCKETS: [f64; 2] = [2.0, 1.0];

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    #[metric(buckets = BUCKETS)]
    connections: Histogram,
}

fn main() {}
