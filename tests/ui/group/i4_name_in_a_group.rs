use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    #[metric(name = "shop_opened_total")]
    connections_opened_total: Counter,
}

fn main() {}
