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

    /// Data points that a collector refused while it accepted the rest of an export; known over
    /// HTTP only.
    #[metric(name = "osapi_metrics_rejected_points_total", unit = "{data_point}")]
    rejected_points: Counter,

    /// Time that an export over OTLP took, with its retries.
    #[metric(name = "osapi_metrics_export_duration_seconds", unit = "s")]
    duration: Histogram<ExportLabels>,
}

#[derive(Clone, Copy, LabelSet)]
#[label(crate = "crate")]
struct ExportLabels {
    outcome: Outcome,
}

#[derive(Clone, Copy, LabelValue)]
#[label(crate = "crate")]
enum Outcome {
    Succeeded,
    Failed,
}

/// The outcome of one export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportOutcome {
    /// The endpoint has accepted the export.
    Succeeded {
        /// The number of data points that the endpoint reports as refused. Always 0 over gRPC,
        /// where the client does not show the endpoint's response.
        rejected_points: u64,
    },
    /// The export did not arrive: it was refused, cut off, or answered with a response that is not
    /// OTLP.
    Failed,
}

/// Counts an export.
pub(crate) fn exported(outcome: ExportOutcome, took: Duration) {
    let metrics = ExportMetrics::global();
    let outcome = match outcome {
        ExportOutcome::Succeeded { rejected_points } => {
            metrics.rejected_points.add(rejected_points);
            Outcome::Succeeded
        }
        ExportOutcome::Failed => Outcome::Failed,
    };
    metrics.exports.with(ExportLabels { outcome }).inc();
    metrics.duration.with(ExportLabels { outcome }).record_duration(took);
}
