use osapi_metrics::{Counter, Gauge, Histogram, MetricSet};

#[derive(MetricSet)]
#[metric_set(group, prefix = "pool")]
struct PoolMetrics {
    /// Connections opened.
    #[metric(name = "pool.opened.total")]
    connections_opened_total: Counter,
    /// Connections closed.
    connections_closed: Counter,
    /// Time to get a connection.
    #[metric(unit = "s", buckets = [1, 0.1])]
    wait_seconds: Histogram,
    connections: Gauge,
}

#[derive(MetricSet)]
#[metric_set(group)]
struct CacheMetrics {
    /// Entries.
    entries: Gauge,
}

#[derive(MetricSet)]
#[metric_set(prefix = "shop")]
struct ShopMetrics {
    #[metric(group = "Read", unit = "s")]
    read: CacheMetrics,
    #[metric(group)]
    orders_placed_total: Counter,
    #[metric(group = "seconds")]
    write: CacheMetrics,
    #[metric(group = "cache")]
    first: CacheMetrics,
    #[metric(group = "cache")]
    second: CacheMetrics,
    third: CacheMetrics,
}

fn main() {
    ShopMetrics::global().first.entries.set(1.0);
}
