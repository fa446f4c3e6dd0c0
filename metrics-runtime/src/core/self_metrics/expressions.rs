use crate::core::{instruments::Counter, registry::MetricSet};

/// Failed recordings of jobs.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "crate")]
struct ExpressionMetrics {
    /// Expressions of a job's attribute that panicked, so that something of the job was not
    /// recorded.
    #[metric(name = "osapi_metrics_job_expression_panics_total", unit = "{panic}")]
    job_expression_panics: Counter,
}

/// Counts a panic in a label, an error type or another expression that is evaluated only for
/// recording.
#[cold]
pub(crate) fn expression_panicked() {
    ExpressionMetrics::global().job_expression_panics.inc();
}
