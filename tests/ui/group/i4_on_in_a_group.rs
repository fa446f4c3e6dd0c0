use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    #[metric(on = finished)]
    connections_opened_total: Counter,
}

fn main() {}
