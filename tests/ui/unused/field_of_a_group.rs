#![deny(dead_code)]

use osapi_metrics::{Counter, Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
    /// Connections now open.
    connections: Gauge,
}

#[derive(MetricSet)]
struct ShopMetrics {
    #[metric(group)]
    read: PoolMetrics,
}

fn main() {
    ShopMetrics::global().read.connections_opened_total.inc();
}
