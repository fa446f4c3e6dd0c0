use osapi_metrics::{Counter, Gauge, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
    /// Connections opened.
    connections_opened: Gauge,
}

fn main() {}
