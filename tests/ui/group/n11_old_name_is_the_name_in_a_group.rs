use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    #[metric(renamed_from = "connections_opened_total")]
    connections_opened_total: Counter,
}

fn main() {}
