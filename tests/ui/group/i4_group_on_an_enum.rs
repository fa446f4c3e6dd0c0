use osapi_metrics::MetricSet;

#[derive(MetricSet)]
#[metric_set(group)]
enum PoolMetrics {
    Counter,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group)]
    read: PoolMetrics,
}

fn main() {}
