//! The errors of the handlers, with their values of the label `error_type`.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use osapi_metrics::ErrorType;

/// Why an operation has no result.
///
/// The derive gives each variant its value of the label `error_type`. A variant marked
/// `transparent` takes the value of the error inside, such as `not_found` or `permission`.
#[derive(Debug, thiserror::Error, ErrorType)]
pub enum OperationError {
    /// The operation ran longer than its limit.
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
        /// The path in the arguments.
        path: PathBuf,
    },
    /// No address is known for the host.
    #[error("cannot resolve `{host}`: {source}")]
    HostNotFound {
        /// The host in the arguments.
        host: String,
        /// The error of the system's resolver.
        source: io::Error,
    },
    /// The operating system does not report the value.
    #[error("cannot read {what}: {source}")]
    System {
        /// The value to read, such as `the memory`.
        what: &'static str,
        /// The error of the operating system.
        source: sysinfo::Error,
    },
    /// The result has no JSON form.
    #[error("cannot encode the result: {0}")]
    Encoding(#[from] serde_json::Error),
    /// The service stopped before the operation could run.
    #[error("the service stopped before the operation ran")]
    Stopped,
}

/// The operating system refused to open or read a file.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`: {cause}", .path.display())]
pub struct FileError {
    path: PathBuf,
    #[source]
    cause: io::Error,
}

impl FileError {
    pub(super) fn new(path: &Path, cause: io::Error) -> Self {
        Self { path: path.to_owned(), cause }
    }
}

/// The class of the operating system's error: `not_found`, `permission`, …
impl ErrorType for FileError {
    fn error_type(&self) -> &'static str {
        self.cause.error_type()
    }
}
