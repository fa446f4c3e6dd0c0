use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct ShopLabels {
    #[label(max = 10)]
    shop: String,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct PoolMetrics {
    /// Connections opened.
    opened_total: Counter,
}

#[derive(MetricSet)]
#[metric_set(scope(labels = ShopLabels))]
struct ShopMetrics {
    /// Orders placed.
    orders_placed_total: Counter,
    #[metric(group)]
    pool: PoolMetrics,
}

fn main() {
    let shop = ShopMetrics::scoped(ShopLabels { shop: "north".to_owned() });
    shop.pool.opened_total.inc();
    shop.orders_placed_total.inc();
}
