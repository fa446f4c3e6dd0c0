//! What several documents have.

use super::{
    model::{SourceDocument, ThresholdDocument},
    path::portable,
};
use crate::core::descriptor::{Origin, Threshold};

/// The name of a label in a Prometheus scrape.
pub(super) fn prometheus_label(key: &str) -> String {
    key.replace('.', "_")
}

pub(super) fn of_origin(origin: &Origin) -> SourceDocument {
    SourceDocument {
        file: portable(origin.file, origin.package, origin.version),
        line: origin.line,
    }
}

pub(super) fn of_threshold(threshold: &Threshold) -> ThresholdDocument {
    ThresholdDocument {
        severity: threshold.severity.as_str().to_owned(),
        comparison: threshold.comparison.as_str().to_owned(),
        value: threshold.value,
        quantile: threshold.quantile,
        lasting_seconds: threshold.lasting.as_secs_f64(),
    }
}
