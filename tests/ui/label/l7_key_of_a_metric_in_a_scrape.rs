use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
#[label(allow(semconv_names))]
struct Order {
    #[label(key = "http.route", max = 3)]
    route: &'static str,
}

/// Orders of the shop.
#[derive(MetricSet)]
#[metric_set(constant_labels(http_route = "/"))]
struct OrderMetrics {
    /// Orders placed.
    orders_placed_total: Counter<Order>,
}

fn main() {
    let order = Order { route: "/" };
    OrderMetrics::global().orders_placed_total.with(order).inc();
}
