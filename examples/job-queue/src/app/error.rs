//! Why a process does not start.

use std::{io, path::PathBuf};

use osapi_metrics::{
    InstallError,
    http::{ListenError, ServeError},
};

use crate::queue::redis::RedisServerError;

/// Why a process does not start. Nothing of it runs then.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The metrics cannot be set up as configured.
    #[error(transparent)]
    Metrics(#[from] InstallError),
    /// The address of the metrics cannot be listened on.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// There is no temporary folder.
    #[error("cannot make a temporary folder: {0}")]
    Io(#[from] io::Error),
    /// The address of the Redis server is not one.
    #[error(transparent)]
    Redis(#[from] RedisServerError),
    /// The client of other services cannot be made.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// The metrics have a path of the API.
    #[error("the path of the metrics cannot be `{path}`: it belongs to the API")]
    MetricsPath {
        /// The path in the configuration.
        path: String,
    },
    /// A worker has no slots, or too many.
    #[error("a worker has 1 to {most} slots, not {given}")]
    Slots {
        /// The number in the options.
        given: u32,
        /// The greatest number.
        most: u32,
    },
    /// The folder of the models cannot be used.
    #[error("cannot keep models in `{}`: {cause}; give another folder with --cache", .folder.display())]
    Models {
        /// The folder.
        folder: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: io::Error,
    },
}
