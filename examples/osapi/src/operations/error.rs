//! Why an operation fails.

use std::{io, path::PathBuf, time::Duration};

use osapi_metrics::ErrorType;

use super::file::FileError;

/// Why an operation has no result.
///
/// The derive gives each variant its value of the label `error_type`; the ones marked
/// `transparent` take that of the error inside, such as `not_found` or `permission`.
#[derive(Debug, thiserror::Error, ErrorType)]
pub enum OperationError {
    /// It ran longer than its limit.
    #[error("not finished within {}", humantime::format_duration(*.limit))]
    #[error_type(timeout)]
    TimedOut {
        /// How long the operation may run.
        limit: Duration,
    },
    /// A file could not be opened or read.
    #[error(transparent)]
    #[error_type(transparent)]
    File(#[from] FileError),
    /// The path leads to a directory, a device, a pipe or a socket.
    #[error("`{}` is not a regular file", .path.display())]
    NotAFile {
        /// The path as it was given.
        path: PathBuf,
    },
    /// No address is known for the host.
    #[error("cannot resolve `{host}`: {source}")]
    HostNotFound {
        /// The host as it was given.
        host: String,
        /// What the system's resolver said.
        source: io::Error,
    },
    /// The operating system does not tell what was asked.
    #[error("cannot read {what}: {source}")]
    System {
        /// What was asked.
        what: &'static str,
        /// What the operating system said.
        source: sysinfo::Error,
    },
    /// The result has no JSON form.
    #[error("cannot encode the result: {0}")]
    Encoding(#[from] serde_json::Error),
    /// The service stopped before the operation could run.
    #[error("the service stopped before the operation ran")]
    Stopped,
}
