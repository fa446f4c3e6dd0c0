use osapi_metrics::{Counter, MetricSet};

const PART: &str = "read pool";

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    connections_opened_total: Counter,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group = PART)]
    read: PoolMetrics,
}

fn main() {}
