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
    /// Opened.
    #[metric(renamed_from = "shop_pool_connections_opened_total")]
    opened_total: Counter,
    #[metric(group = "pool")]
    read: PoolMetrics,
}

fn main() {}
