//! The runtime, from what it refuses to what it leaves behind.

mod catalogue;
mod contained;
mod early;
mod ended;
mod readers;
mod refused;
mod scrapes;
mod several;

use osapi_metrics::{InstallError, Metrics, MetricsConfig, config::Environment};

/// A runtime of this configuration, with metrics on, whatever the machine's variables say.
fn install(mut config: MetricsConfig) -> Result<Metrics, InstallError> {
    config.enabled = true;
    Metrics::builder().config(config).environment(Environment::default()).install()
}
