use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    #[metric(records_in = "s")]
    connections_opened_total: Counter,
}

fn main() {}
