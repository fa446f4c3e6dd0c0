use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct Order {
    #[label(max = 3)]
    tier: String,
}

/// Orders of the shop.
#[derive(MetricSet)]
#[metric_set(constant_labels(shard = "eu", tier = "batch"))]
struct OrderMetrics {
    /// Orders seen.
    orders_seen_total: Counter,
    /// Orders placed.
    orders_placed_total: Counter<Order>,
}

fn main() {
    let tier = "a".to_owned();
    OrderMetrics::global().orders_placed_total.with(Order { tier }).inc();
}
