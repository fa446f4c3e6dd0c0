//! The errors of a start.

use std::num::NonZeroUsize;

use async_nats::ConnectError;
use osapi_metrics::{
    InstallError,
    http::{ListenError, ServeError},
};

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The metrics would hide a part of the API.
    #[error("telemetry.metrics.path: `{path}` is where jobs are submitted; choose another path")]
    MetricsPath {
        /// The path in the configuration.
        path: String,
    },
    /// An agent would run too many jobs at the same time.
    #[error("an agent runs 1 to {most} jobs at the same time, not {given}")]
    Concurrency {
        /// The number in the options.
        given: NonZeroUsize,
        /// The greatest number.
        most: NonZeroUsize,
    },
    /// The metrics could not be set up.
    #[error("cannot set up the metrics: {0}")]
    Metrics(#[from] InstallError),
    /// The metrics of an agent could not be served.
    #[error(transparent)]
    Serve(ServeError),
    /// The URLs of the NATS servers cannot be used together.
    #[error("cannot connect to NATS: {0}")]
    Nats(#[from] ConnectError),
}

/// An agent's address is an argument too, so its error is the same as the API's.
impl From<ServeError> for StartError {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Listen { address, source } => {
                ListenError::Address { address, source }.into()
            }
            ServeError::Limit(error) => ListenError::Limit(error).into(),
            error => Self::Serve(error),
        }
    }
}
