//! The errors of a private server.

use std::{io, path::PathBuf, time::Duration};

/// Why a private server did not start.
#[derive(Debug, thiserror::Error)]
pub enum RedisError {
    /// There is no program `redis-server`.
    #[error(
        "Redis is not installed: there is no {searched}; install it, on Debian with `apt-get \
         install redis-server`"
    )]
    NotInstalled {
        /// What was searched.
        searched: String,
    },
    /// The folder of the server cannot be used.
    #[error(
        "cannot use {} for the files of Redis: {cause}; set TMPDIR to a folder that can be written",
        .folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The path of the socket is too long for the operating system.
    #[error(
        "{} is too long for the path of a Unix socket; set TMPDIR to a folder with a shorter path",
        .path.display()
    )]
    SocketPath {
        /// The path.
        path: PathBuf,
    },
    /// The loopback interface has no free port.
    #[error("cannot listen on a port of the loopback interface: {cause}; leave `tcp` out")]
    Port {
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The program cannot be run.
    #[error("cannot run {}: {cause}; check that the user may run it", .program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The server ended while it started.
    #[error("Redis ended during its start: {reason}; check its settings and the free space")]
    Ended {
        /// What the server logged.
        reason: String,
    },
    /// The server did not start in time.
    #[error(
        "Redis was not ready within {}, and logged last: {reason}; allow more time, or stop \
         other programs", humantime::format_duration(*.limit)
    )]
    NotReady {
        /// The longest time that a start may take.
        limit: Duration,
        /// What the server logged.
        reason: String,
    },
}
