use osapi_metrics::MetricSet;

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group)]
    read: u64,
}

fn main() {}
