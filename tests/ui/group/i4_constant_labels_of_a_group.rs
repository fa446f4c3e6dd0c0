use osapi_metrics::{Counter, MetricSet};

#[derive(MetricSet)]
#[metric_set(group, constant_labels(tier = "batch"))]
struct OrderMetrics {
    /// Orders placed.
    placed_total: Counter,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group)]
    orders: OrderMetrics,
}

fn main() {
    ShopMetrics::global().orders.placed_total.inc();
}
