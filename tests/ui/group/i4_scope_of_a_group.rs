use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct PoolLabels {
    #[label(max = 10)]
    pool: String,
}

#[derive(MetricSet)]
#[metric_set(group, scope(labels = PoolLabels))]
struct PoolMetrics {
    /// Connections opened.
    opened_total: Counter,
}

#[derive(MetricSet)]
struct ShopMetrics {
    #[metric(group)]
    pool: PoolMetrics,
}

fn main() {
    let labels = PoolLabels { pool: "read".to_owned() };
    println!("{}", labels.pool);
    ShopMetrics::global().pool.opened_total.inc();
}
