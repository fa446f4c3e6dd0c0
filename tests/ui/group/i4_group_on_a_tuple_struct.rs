use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics(Counter);

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group)]
    read: PoolMetrics,
}

fn main() {}
