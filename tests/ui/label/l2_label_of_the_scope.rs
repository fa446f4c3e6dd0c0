use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct CacheLabels {
    #[label(max = 10)]
    cache: String,
}

#[derive(LabelSet)]
struct LookupLabels {
    hit: bool,
    #[label(max = 5)]
    cache: &'static str,
}

/// What caches do.
#[derive(MetricSet)]
#[metric_set(scope(labels = CacheLabels))]
struct CacheMetrics {
    /// Look-ups.
    lookups_total: Counter<LookupLabels>,
    /// Evictions.
    evictions_total: Counter,
}

fn main() {
    let labels = CacheLabels { cache: "users".to_owned() };
    CacheMetrics::scoped(labels).evictions_total.inc();
}
