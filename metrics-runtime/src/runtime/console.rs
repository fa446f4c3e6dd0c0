//! The runtime printing what it collects, for `OTEL_METRICS_EXPORTER=console`.

use opentelemetry_sdk::metrics::{MeterProviderBuilder, PeriodicReader};

use super::InstallError;
use crate::config::MetricsConfig;

#[expect(clippy::unnecessary_wraps, reason = "without the feature it can fail")]
pub(super) fn check(_: &MetricsConfig) -> Result<(), InstallError> {
    Ok(())
}

/// Adds the reader, whose thread runs from here on: call it when nothing else can fail.
pub(super) fn add_reader(
    builder: MeterProviderBuilder,
    config: &MetricsConfig,
) -> MeterProviderBuilder {
    if !config.console {
        return builder;
    }
    let exporter = opentelemetry_stdout::MetricExporter::default();
    let reader = PeriodicReader::builder(exporter).with_interval(config.otlp.interval);
    builder.with_reader(reader.build())
}
