use std::time::Duration;

use super::format::ModelDefect;
use crate::{http_client::HttpError, job::FailureReason};

/// Why a model is not to be had.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ModelError {
    /// No model can have this name.
    #[error("`{name}` is not the name of a model")]
    InvalidName {
        /// The name.
        name: String,
    },
    /// There is no model of this name.
    #[error("there is no model `{name}`")]
    Missing {
        /// The name.
        name: String,
    },
    /// The download failed.
    #[error("the model `{name}` cannot be downloaded: {cause}")]
    Download {
        /// The name.
        name: String,
        /// The error.
        cause: HttpError,
    },
    /// The download took too long.
    #[error(
        "the download of the model `{name}` took longer than {}",
        humantime::format_duration(*.limit)
    )]
    TimedOut {
        /// The name.
        name: String,
        /// How long a download may take.
        limit: Duration,
    },
    /// What was downloaded is not the model.
    #[error("what was downloaded for the model `{name}` is damaged: {defect}")]
    Corrupt {
        /// The name.
        name: String,
        /// The defect.
        defect: ModelDefect,
    },
    /// The program stops.
    #[error("the program stops")]
    Stopped,
}

impl ModelError {
    /// The reason of a job that failed because of it.
    pub fn reason(&self) -> FailureReason {
        match self {
            Self::InvalidName { .. } => FailureReason::InvalidInput,
            Self::Missing { .. } => FailureReason::ModelMissing,
            Self::Download { cause, .. } => cause.reason(),
            Self::TimedOut { .. } => FailureReason::ResponseTimeout,
            Self::Corrupt { .. } => FailureReason::BadResponse,
            Self::Stopped => FailureReason::Other,
        }
    }
}
