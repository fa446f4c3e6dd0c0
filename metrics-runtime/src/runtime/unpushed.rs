//! The runtime without a feature for OTLP: nothing is pushed.

use std::time::Duration;

use opentelemetry_sdk::metrics::MeterProviderBuilder;

use super::InstallError;
use crate::config::MetricsConfig;

#[derive(Debug)]
pub(super) struct Push;

pub(super) fn add_reader(
    builder: MeterProviderBuilder,
    config: &MetricsConfig,
) -> Result<(MeterProviderBuilder, Push), InstallError> {
    if config.otlp.enabled {
        let feature = "otlp-grpc` or `otlp-http";
        return Err(InstallError::MissingFeature { exporter: "OTLP", feature });
    }
    Ok((builder, Push))
}

impl Push {
    #[expect(clippy::unused_self, reason = "with the feature there is something to bound")]
    pub(super) fn within<T>(&self, _: Duration, work: impl FnOnce() -> T) -> T {
        work()
    }
}
