//! The error of tokio's timeouts, where tokio is a dependency anyway.

use tokio::time::error::Elapsed;

use super::{ErrorRegistration, ErrorType};
use crate::core::jobs::outcome::JobStatus;

/// The class is `timeout`.
impl ErrorType for Elapsed {
    fn error_type(&self) -> &'static str {
        "timeout"
    }

    fn job_status(&self) -> JobStatus {
        JobStatus::TimedOut
    }
}

inventory::submit! {
    ErrorRegistration { add: |known| known.add_with_pointers::<Elapsed>() }
}
