use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct CacheLabels {
    #[label(exemplar)]
    cache: String,
}

/// What caches do.
#[derive(MetricSet)]
#[metric_set(scope(labels = CacheLabels))]
struct CacheMetrics {
    /// Look-ups.
    lookups_total: Counter,
}

fn main() {
    let labels = CacheLabels { cache: "users".to_owned() };
    CacheMetrics::scoped(labels).lookups_total.inc();
}
