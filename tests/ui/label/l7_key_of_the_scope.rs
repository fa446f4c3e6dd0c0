use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Order {
    #[label(max = 3)]
    tier: String,
}

/// Orders of the shop.
#[derive(MetricSet)]
#[metric_set(scope(labels = Order), constant_labels(tier = "batch"))]
struct OrderMetrics {
    /// Orders placed.
    orders_placed_total: Counter,
}

fn main() {
    let tier = "a".to_owned();
    OrderMetrics::scoped(Order { tier }).orders_placed_total.inc();
}
