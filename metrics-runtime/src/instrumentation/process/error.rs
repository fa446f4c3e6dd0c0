use std::io;

/// Why the process cannot be observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProcessError {
    /// The operating system is not Linux.
    #[error("metrics of the process are read from /proc, which is there on Linux only")]
    Unsupported,
    /// A file below `/proc` cannot be read: it is not mounted, or hidden from the process.
    #[error("cannot read {file}")]
    Unreadable {
        /// The file.
        file: &'static str,
        /// The cause.
        source: io::Error,
    },
}
