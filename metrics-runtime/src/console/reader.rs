use std::time::Duration;

use opentelemetry_sdk::metrics::{PeriodicReader, reader::MetricReader};
use opentelemetry_stdout::MetricExporter;

/// Starts a reader whose thread prints a collection at each interval.
pub(crate) fn start(interval: Duration) -> impl MetricReader {
    PeriodicReader::builder(MetricExporter::default()).with_interval(interval).build()
}
