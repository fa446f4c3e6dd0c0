use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group)]
struct OrderMetrics {
    /// Orders placed.
    placed_total: Counter,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group, constant_labels(tier = "batch"))]
    orders: OrderMetrics,
}

fn main() {
    ShopMetrics::global().orders.placed_total.inc();
}
