use osapi_metrics::{Counter, MetricSet};

const PREFIX: &str = "shop";

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

#[derive(MetricSet)]
#[metric_set(prefix = PREFIX)]
struct ShopMetrics {
    #[metric(group = "pool")]
    read: PoolMetrics,
    #[metric(group = "pool")]
    write: PoolMetrics,
}

fn main() {}
