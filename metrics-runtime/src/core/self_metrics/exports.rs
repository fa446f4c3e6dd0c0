use std::time::Duration;

use crate::core::{
    descriptor::{LabelSet, LabelValue},
    instruments::{Counter, Histogram},
    registry::MetricSet,
};

/// The exports over OTLP.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "crate")]
struct ExportMetrics {
    /// Exports over OTLP, by outcome.
    #[metric(name = "osapi_metrics_exports_total", unit = "{export}")]
    exports: Counter<ExportLabels>,

    /// Data points that a collector refused while it accepted the rest of an export, and points
    /// that were larger than a whole request may be.
    #[metric(name = "osapi_metrics_rejected_points_total", unit = "{data_point}")]
    rejected_points: Counter,

    /// Time that an export over OTLP took, with its retries.
    #[metric(
        name = "osapi_metrics_export_duration_seconds",
        unit = "s",
        absent_until = "the program pushes over OTLP"
    )]
    duration: Histogram<ExportLabels>,
}

#[derive(Clone, Copy, LabelSet)]
#[label(crate = "crate")]
struct ExportLabels {
    outcome: ExportOutcome,
}

/// The outcome of one export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
#[label(crate = "crate")]
pub(crate) enum ExportOutcome {
    /// The endpoint has accepted every request of the export.
    Succeeded,
    /// A request of the export did not arrive: it was refused, cut off, or answered with a response
    /// that is not OTLP.
    Failed,
}

/// Counts an export, and the points that were rejected or left out although it may have succeeded.
pub(crate) fn exported(outcome: ExportOutcome, rejected_points: u64, took: Duration) {
    let metrics = ExportMetrics::global();
    metrics.rejected_points.add(rejected_points);
    metrics.exports.with(ExportLabels { outcome }).inc();
    metrics.duration.with(ExportLabels { outcome }).record_duration(took);
}
