use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

#[derive(MetricSet)]
struct ShopMetrics(#[metric(group)] PoolMetrics);

fn main() {}
