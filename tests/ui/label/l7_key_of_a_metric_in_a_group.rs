use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Order {
    #[label(max = 3)]
    tier: String,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct OrderMetrics {
    /// Orders placed.
    placed_total: Counter<Order>,
}

/// The shop.
#[derive(MetricSet)]
#[metric_set(prefix = "shop", constant_labels(tier = "batch"))]
struct ShopMetrics {
    #[metric(group)]
    orders: OrderMetrics,
}

fn main() {
    let tier = "a".to_owned();
    ShopMetrics::global().orders.placed_total.with(Order { tier }).inc();
}
