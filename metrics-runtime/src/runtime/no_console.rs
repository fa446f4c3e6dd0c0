//! The runtime without the feature `console`: nothing is printed.

use opentelemetry_sdk::metrics::MeterProviderBuilder;

use super::InstallError;
use crate::config::MetricsConfig;

pub(super) fn check(config: &MetricsConfig) -> Result<(), InstallError> {
    if config.console {
        return Err(InstallError::MissingFeature { exporter: "console", feature: "console" });
    }
    Ok(())
}

pub(super) fn add_reader(builder: MeterProviderBuilder, _: &MetricsConfig) -> MeterProviderBuilder {
    builder
}
