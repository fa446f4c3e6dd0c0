use osapi_metrics::{Counter, MetricSet};

/// Orders of the shop.
#[derive(MetricSet)]
#[metric_set(constant_labels(tier))]
struct OrderMetrics {
    /// Orders placed.
    orders_placed_total: Counter,
}

fn main() {
    OrderMetrics::global().orders_placed_total.inc();
}
