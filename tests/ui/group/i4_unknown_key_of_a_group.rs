use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group, hidden)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

fn main() {}
