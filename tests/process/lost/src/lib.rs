//! A set and a handler whose registrations the linker drops from the tests of this package.

use osapi_metrics::{
    Counter, InstallError, MetricSet, Metrics, config::Environment, instrumented_job,
};

/// A set whose registration is dropped.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "lost")]
pub struct LostMetrics {
    /// Things lost.
    pub things_lost_total: Counter,
}

/// A handler whose registration is dropped.
#[instrumented_job(name = "lost.handler")]
pub fn lost_handler() {}

/// Installs a runtime.
///
/// # Errors
///
/// Same as `MetricsBuilder::install`.
pub fn install() -> Result<Metrics, InstallError> {
    Metrics::builder().enabled(true).environment(Environment::default()).install()
}
