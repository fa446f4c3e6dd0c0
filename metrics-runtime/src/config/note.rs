//! What a configuration has to say of a source that has no mistake.

use std::path::PathBuf;

use super::error::shown;

/// A line of the log about a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Note {
    /// The file of OpenTelemetry's declarative configuration has keys for others.
    OtherKeys { file: PathBuf, keys: Vec<&'static str> },
    /// The file has a later minor version of the format than the runtime knows.
    LaterFormat { file: PathBuf, format: String },
}

impl Note {
    pub(crate) fn log(&self) {
        match self {
            Self::OtherKeys { file, keys } => tracing::info!(
                "the file `{}` of `OTEL_CONFIG_FILE` has keys that the metrics runtime leaves to \
                 others: {}",
                shown(file),
                keys.join(", ")
            ),
            Self::LaterFormat { file, format } => tracing::warn!(
                "the file `{}` of `OTEL_CONFIG_FILE` has the format {format}, which is later than \
                 1.1, the latest that the metrics runtime knows",
                shown(file)
            ),
        }
    }
}
