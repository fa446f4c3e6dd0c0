use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics<T> {
    /// Connections opened.
    connections_opened_total: Counter<T>,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group)]
    read: PoolMetrics<()>,
}

fn main() {}
