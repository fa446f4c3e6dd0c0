use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group, native)]
    read: PoolMetrics,
}

fn main() {}
