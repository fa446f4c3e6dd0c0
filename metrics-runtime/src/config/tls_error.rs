use std::{io, path::PathBuf};

use osapi_metrics_rules::excerpt::Excerpt;

use super::error::shown;

/// The reason why the files for TLS cannot be used. No message contains a part of a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsFileError {
    /// A certificate or key that cannot be read.
    #[error("{setting} `{}` cannot be read: {source}", shown(path))]
    Unreadable {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },

    /// A file that does not hold the expected certificate or key.
    #[error("{setting} `{}` {}", shown(path), Excerpt::of_message(reason))]
    Unusable {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// The problem with the file, and the expected content.
        reason: String,
    },

    /// A certificate without a key, or a key without a certificate.
    #[error("`{given}` is set without `{missing}`; a client certificate needs both")]
    IncompleteIdentity {
        /// The setting that is present.
        given: &'static str,
        /// The setting that is missing.
        missing: &'static str,
    },
}
