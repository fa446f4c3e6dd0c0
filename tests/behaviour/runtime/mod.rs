//! The runtime: installation, readers, scrapes, shutdown.

mod both_aggregators;
mod catalogue;
mod contained;
mod early;
mod ended;
mod idle_settings;
mod readers;
mod refused;
mod scrapes;
mod several;

use osapi_metrics::{
    InstallError, Metrics,
    config::{Environment, MetricsConfig},
};

/// A runtime with this configuration and metrics on, whatever the environment variables of the
/// machine are.
fn install(mut config: MetricsConfig) -> Result<Metrics, InstallError> {
    config.enabled = true;
    Metrics::builder().config(config).environment(Environment::default()).install()
}
