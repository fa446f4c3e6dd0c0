use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(LabelSet)]
struct CacheLabels {
    #[label(max = 10)]
    cache: String,
}

#[derive(MetricSet)]
#[metric_set(scope(labels = CacheLabels, label = "cache"))]
struct Caches {
    /// Look-ups.
    lookups_total: Counter,
}

fn main() {
    let labels = CacheLabels { cache: "users".to_owned() };
    Caches::scoped(labels).lookups_total.inc();
}
