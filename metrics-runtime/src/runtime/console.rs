//! The runtime printing what it collects, for `OTEL_METRICS_EXPORTER=console`.

use opentelemetry_sdk::metrics::PeriodicReader;

use super::InstallError;
use crate::{config::MetricsConfig, provider::Readers};

#[expect(clippy::unnecessary_wraps, reason = "without the feature it can fail")]
pub(super) fn check(_: &MetricsConfig) -> Result<(), InstallError> {
    Ok(())
}

/// Adds the reader, whose thread runs from here on: call it when nothing else can fail.
pub(super) fn add_reader(readers: &mut Readers, config: &MetricsConfig) {
    if config.console {
        let exporter = opentelemetry_stdout::MetricExporter::default();
        let reader = PeriodicReader::builder(exporter).with_interval(config.otlp.interval);
        readers.share(reader.build());
    }
}
