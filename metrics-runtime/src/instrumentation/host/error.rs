use std::{io, path::PathBuf};

/// Why the host cannot be observed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The operating system is not Linux.
    #[error("metrics of the host are read from /proc, which is there on Linux only")]
    Unsupported,
    /// A file that every Linux has cannot be read: `/proc` is not mounted there, or is something
    /// else.
    #[error("cannot read {}; it is a file of the folder `proc` of the observed host", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The system does not give the process the thread that asks file systems.
    #[error("cannot start the thread that asks file systems for their usage")]
    Thread {
        /// The cause.
        source: io::Error,
    },
}
