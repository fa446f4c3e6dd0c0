use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    #[metric(renamed_from = "opened_total")]
    connections_opened_total: Counter,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    /// Opened before.
    pool_opened_total: Counter,
    #[metric(group = "pool")]
    read: PoolMetrics,
}

fn main() {}
