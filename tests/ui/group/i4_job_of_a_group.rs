use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group, job(labels = JobLabels))]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

fn main() {}
