use osapi_metrics::{Counter, LabelSet, MetricSet};

#[derive(Clone, LabelSet)]
struct CacheLabels {
    #[label(max = 10)]
    cache: String,
}

/// A key of a label.
#[derive(MetricSet)]
#[metric_set(scope = "cache")]
struct Text {
    /// Look-ups.
    text_lookups_total: Counter,
}

/// Nothing.
#[derive(MetricSet)]
#[metric_set(scope)]
struct Nothing {
    /// Look-ups.
    nothing_lookups_total: Counter,
}

/// A type without its key.
#[derive(MetricSet)]
#[metric_set(scope(CacheLabels))]
struct Keyless {
    /// Look-ups.
    keyless_lookups_total: Counter,
}

/// A lifetime of nothing.
#[derive(MetricSet)]
#[metric_set(scope(labels = BorrowedLabels<'a>))]
struct Borrowed {
    /// Look-ups.
    borrowed_lookups_total: Counter,
}

/// On a metric.
#[derive(MetricSet)]
struct OnMetric {
    /// Look-ups.
    #[metric(scope(labels = CacheLabels))]
    metric_lookups_total: Counter,
}

/// With jobs.
#[derive(MetricSet)]
#[metric_set(scope(labels = CacheLabels), job(labels = CacheLabels))]
struct WithJobs {
    /// Jobs that ended.
    #[metric(on = finished)]
    jobs_ended_total: Counter<CacheLabels>,
}

fn main() {}
