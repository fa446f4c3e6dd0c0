use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

fn main() {
    PoolMetrics::global().connections_opened_total.inc();
}
