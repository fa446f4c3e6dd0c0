//! What a configuration has to say of a source that has no mistake.

use std::path::PathBuf;

use super::{MetricsConfig, error::shown};

/// A line of the log about a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Note {
    /// The file of OpenTelemetry's declarative configuration has keys for others.
    OtherKeys { file: PathBuf, keys: Vec<&'static str> },
    /// The file has a later minor version of the format than the runtime knows.
    LaterFormat { file: PathBuf, format: String },
}

impl MetricsConfig {
    /// Logs the notes of the sources.
    pub(crate) fn log_notes(&self) {
        for note in &self.notes {
            match note {
                Note::OtherKeys { file, keys } => tracing::info!(
                    "the file `{}` of `OTEL_CONFIG_FILE` has keys that the metrics runtime leaves \
                     to others: {}",
                    shown(file),
                    keys.join(", ")
                ),
                Note::LaterFormat { file, format } => tracing::warn!(
                    "the file `{}` of `OTEL_CONFIG_FILE` has the format {format}, which is later \
                     than 1.1, the latest that the metrics runtime knows",
                    shown(file)
                ),
            }
        }
    }
}
