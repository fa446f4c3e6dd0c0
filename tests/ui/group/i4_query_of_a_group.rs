use osapi_metrics::{Counter, MetricDescriptor, MetricSet, dashboards::metric};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

const OPENED: &MetricDescriptor = metric::<PoolMetrics>("connections_opened_total");

fn main() {}
