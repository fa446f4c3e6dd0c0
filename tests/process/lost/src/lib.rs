//! What the linker of this package's tests does not register, and what they have in common.

use osapi_metrics::{
    Counter, InstallError, MetricSet, Metrics, config::Environment, instrumented_job,
};

/// A set that is lost.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "lost")]
pub struct LostMetrics {
    /// Things lost.
    pub things_lost_total: Counter,
}

/// A handler that is lost.
#[instrumented_job(name = "lost.handler")]
pub fn lost_handler() {}

/// Installs a runtime.
///
/// # Errors
///
/// As the builder's `install`.
pub fn install() -> Result<Metrics, InstallError> {
    Metrics::builder().enabled(true).environment(Environment::default()).install()
}
