use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct ShopMetrics {
    #[metric(group = "pool")]
    read: PoolMetrics,
    #[metric(group = "pool")]
    write: PoolMetrics,
}

fn main() {}
