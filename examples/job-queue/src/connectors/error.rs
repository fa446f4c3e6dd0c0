use std::{collections::TryReserveError, io, net::SocketAddr, time::Duration};

use osapi_metrics::{ErrorType, LabelValue};

use crate::{
    http_client::HttpError,
    job::{Failure, FailureReason},
    models::ModelError,
};

/// Why an attempt has no output. Each error has one [`FailureReason`].
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// The attempt took longer than the job's time-out.
    #[error("not finished within {}", humantime::format_duration(*.limit))]
    DeadlineExceeded {
        /// The time-out.
        limit: Duration,
    },
    /// The output needs more memory than the worker gives to a job.
    #[error("the output needs {bytes} bytes of memory; a job may have {limit}")]
    MemoryLimit {
        /// The bytes that are needed.
        bytes: u64,
        /// The most bytes that a job may have.
        limit: u64,
    },
    /// The system refused an allocation.
    #[error("the system does not give {bytes} bytes of memory: {cause}")]
    OutOfMemory {
        /// The bytes that were asked for.
        bytes: u64,
        /// The error of the allocator.
        cause: TryReserveError,
    },
    /// A host has no address.
    #[error("no address is known for `{host}`: {cause}")]
    HostNotFound {
        /// The host.
        host: String,
        /// The error of the system's resolver.
        cause: io::Error,
    },
    /// Nothing listens at an address.
    #[error("the connection to {address} was refused: {cause}")]
    ConnectionRefused {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        cause: io::Error,
    },
    /// An address leads to nothing that can be used.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// A model is not to be had.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// An image cannot be written as PNG.
    #[error("the image cannot be encoded: {0}")]
    Encoding(#[from] png::EncodingError),
    /// The output cannot be written.
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// The connector panicked.
    #[error("the connector panicked: {message}")]
    Panicked {
        /// The message of the panic.
        message: String,
    },
    /// A simulated job failed as it was asked to.
    #[error("the simulated job failed, as its payload asks for")]
    Simulated,
    /// The attempt was dropped while its thread worked, or the program stops.
    #[error("the work was stopped")]
    Stopped,
}

impl ConnectorError {
    /// The second level of the classification, which determines the first one.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::DeadlineExceeded { .. } => FailureReason::DeadlineExceeded,
            Self::MemoryLimit { .. } => FailureReason::MemoryLimit,
            Self::OutOfMemory { .. } => FailureReason::OutOfMemory,
            Self::HostNotFound { .. } => FailureReason::HostNotFound,
            Self::ConnectionRefused { .. } => FailureReason::ConnectionRefused,
            Self::Http(error) => error.reason(),
            Self::Model(error) => error.reason(),
            Self::Panicked { .. } => FailureReason::Panicked,
            Self::Encoding(_) | Self::Output(_) | Self::Simulated | Self::Stopped => {
                FailureReason::Other
            }
        }
    }

    /// The failure of a job with this error.
    pub fn failure(&self) -> Failure {
        Failure { reason: self.reason(), message: self.to_string() }
    }
}

/// The first level of the classification: the value of the label `error_type`.
impl ErrorType for ConnectorError {
    fn error_type(&self) -> &'static str {
        self.reason().failure_type().as_str()
    }
}
