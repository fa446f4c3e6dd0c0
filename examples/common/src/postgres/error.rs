//! The errors of a private server.

use std::{io, path::PathBuf, time::Duration};

/// Why a private server did not start.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// There are no programs of PostgreSQL.
    #[error(
        "PostgreSQL is not installed: no folder of {searched} has both `initdb` and `postgres`; \
         install it, on Debian with `apt-get install postgresql`"
    )]
    NotInstalled {
        /// Where the programs were searched.
        searched: String,
    },
    /// PostgreSQL does not run as root, and there is no other user.
    #[error(
        "PostgreSQL does not run as root, and /etc/passwd has neither a user `postgres` nor a user \
         `nobody`; start this program as another user"
    )]
    NoAccount,
    /// PostgreSQL does not run as root, and other users cannot be read.
    #[error(
        "PostgreSQL does not run as root, and this program cannot read {}: {cause}; start it as \
         another user", .file.display()
    )]
    Accounts {
        /// The file with the users.
        file: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The name of the database is not valid.
    #[error(
        "`{name}` is not a name for a private database; choose 1 to 63 small letters, digits and \
         underscores"
    )]
    DatabaseName {
        /// The name in the options.
        name: String,
    },
    /// The folder of the server cannot be used.
    #[error(
        "cannot use {} for the files of PostgreSQL: {cause}; set TMPDIR to a folder that can be \
         written", .folder.display()
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
    /// A program of PostgreSQL cannot be run.
    #[error(
        "cannot run {}: {cause}; check that the user of PostgreSQL may run it and may enter the \
         folder in TMPDIR", .program.display()
    )]
    Run {
        /// The program.
        program: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The files of the server cannot be created.
    #[error(
        "cannot create a database with {}: {reason}; check that the folder in TMPDIR has space and \
         is open to the user of PostgreSQL", .program.display()
    )]
    Create {
        /// The program that failed.
        program: PathBuf,
        /// What the program printed last.
        reason: String,
    },
    /// The server ended while it started.
    #[error("PostgreSQL ended during its start: {reason}; check its settings and the free space")]
    Ended {
        /// What the server logged.
        reason: String,
    },
    /// The start was stopped, as the [options](super::PostgresOptions::stop) say.
    #[error("the start of PostgreSQL was stopped")]
    Stopped,
    /// The server did not start in time.
    #[error(
        "PostgreSQL was not ready within {}, and logged last: {reason}; allow more time, or \
         stop other programs", humantime::format_duration(*.limit)
    )]
    NotReady {
        /// The longest time that a start may take.
        limit: Duration,
        /// What the server logged.
        reason: String,
    },
}
