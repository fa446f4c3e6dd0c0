use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct CacheLabels {
    #[label(max = 100)]
    cache: String,
}

#[derive(LabelSet)]
struct KeyLabels {
    #[label(max = 50)]
    key: String,
}

/// What caches do.
#[derive(MetricSet)]
#[metric_set(scope(labels = CacheLabels))]
struct CacheMetrics {
    /// Look-ups.
    lookups_total: Counter<KeyLabels>,
    /// Evictions.
    evictions_total: Counter,
}

fn main() {
    let labels = CacheLabels { cache: "users".to_owned() };
    CacheMetrics::scoped(labels).evictions_total.inc();
}
