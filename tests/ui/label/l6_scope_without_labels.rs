use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct CacheLabels {}

/// What caches do.
#[derive(MetricSet)]
#[metric_set(scope(labels = CacheLabels))]
struct CacheMetrics {
    /// Look-ups.
    lookups_total: Counter,
}

fn main() {
    CacheMetrics::scoped(CacheLabels {}).lookups_total.inc();
}
