use osapi_metrics::{Counter, MetricSet};

/// Orders of the shop.
#[derive(MetricSet)]
#[metric_set(prefix = "osapi")]
struct OrderMetrics {
    /// Orders placed.
    #[metric(constant_labels(tier = "batch"))]
    orders_placed_total: Counter,
}

fn main() {
    OrderMetrics::global().orders_placed_total.inc();
}
