use crate::core::{instruments::Counter, registry::MetricSet, sync::scope};

/// The exemplars that scrapes leave out.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "crate")]
struct ExemplarMetrics {
    /// Exemplars that a scrape left out because the names and values of their labels have more than
    /// the 128 characters that `OpenMetrics` allows, counted in each scrape that they belong to.
    #[metric(name = "osapi_metrics_oversized_exemplars_total", unit = "{exemplar}")]
    oversized: Counter,
}

/// Counts exemplars that a scrape has left out.
pub(crate) fn left_out_exemplars(count: usize) {
    if count > 0 {
        // A capture of a test does not take them: they belong to the runtime.
        let metrics = scope::suspended(ExemplarMetrics::global);
        metrics.oversized.add(u64::try_from(count).unwrap_or(u64::MAX));
    }
}
