//! How an attempt to run a job ends.

use osapi_metrics::LabelValue;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobEnd {
    /// With a result.
    Completed(JobOutput),
    /// With an error; the job is tried again if it has retries left and the failure allows it.
    Failed(Failure),
}

/// What a job has produced.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct JobOutput {
    /// The size of what was produced, in bytes. The bytes themselves are not kept.
    pub bytes: u64,
    /// What is known of the output, such as its digest: a small JSON object.
    pub summary: Value,
    /// What a client pays for: units of work of the service.
    pub billable_operations: u64,
}

/// Why an attempt has no result: a closed classification of two levels, for programs, and a message
/// for people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Failure {
    /// The reason, which determines the type.
    pub reason: FailureReason,
    /// The error, for people.
    pub message: String,
}

/// The first level: the values of the label `error_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, LabelValue)]
#[serde(rename_all = "snake_case")]
pub enum FailureType {
    /// Something took too long.
    Timeout,
    /// Memory was refused.
    Memory,
    /// A host was not found or not reached.
    Network,
    /// A connection was refused or broke.
    Connection,
    /// Everything else.
    #[label(other)]
    Unknown,
}

/// The second level: the values of the label `error_name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// The attempt took longer than the job's time-out.
    DeadlineExceeded,
    /// Another service did not answer in time.
    ResponseTimeout,
    /// The output needs more memory than the worker gives to a job.
    MemoryLimit,
    /// The system refused an allocation.
    OutOfMemory,
    /// A host has no address.
    HostNotFound,
    /// No route leads to a host.
    Unreachable,
    /// Nothing listens at an address.
    ConnectionRefused,
    /// A connection ended before its answer.
    ConnectionReset,
    /// Another service answered with an error.
    BadResponse,
    /// A model is not to be had.
    ModelMissing,
    /// An input cannot be worked with.
    InvalidInput,
    /// The connector panicked.
    Panicked,
    /// The job's worker died or was cut off.
    WorkerLost,
    /// Anything else.
    Other,
}

impl FailureReason {
    /// Every reason.
    pub const ALL: [Self; 14] = [
        Self::DeadlineExceeded,
        Self::ResponseTimeout,
        Self::MemoryLimit,
        Self::OutOfMemory,
        Self::HostNotFound,
        Self::Unreachable,
        Self::ConnectionRefused,
        Self::ConnectionReset,
        Self::BadResponse,
        Self::ModelMissing,
        Self::InvalidInput,
        Self::Panicked,
        Self::WorkerLost,
        Self::Other,
    ];

    /// The type that the reason belongs to.
    pub const fn failure_type(self) -> FailureType {
        match self {
            Self::DeadlineExceeded | Self::ResponseTimeout => FailureType::Timeout,
            Self::MemoryLimit | Self::OutOfMemory => FailureType::Memory,
            Self::HostNotFound | Self::Unreachable => FailureType::Network,
            Self::ConnectionRefused | Self::ConnectionReset => FailureType::Connection,
            Self::BadResponse
            | Self::ModelMissing
            | Self::InvalidInput
            | Self::Panicked
            | Self::WorkerLost
            | Self::Other => FailureType::Unknown,
        }
    }

    /// The value of the label `error_name`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::ResponseTimeout => "response_timeout",
            Self::MemoryLimit => "memory_limit",
            Self::OutOfMemory => "out_of_memory",
            Self::HostNotFound => "host_not_found",
            Self::Unreachable => "unreachable",
            Self::ConnectionRefused => "connection_refused",
            Self::ConnectionReset => "connection_reset",
            Self::BadResponse => "bad_response",
            Self::ModelMissing => "model_missing",
            Self::InvalidInput => "invalid_input",
            Self::Panicked => "panicked",
            Self::WorkerLost => "worker_lost",
            Self::Other => "unknown",
        }
    }

    /// Whether another attempt can end otherwise.
    pub const fn is_retryable(self) -> bool {
        !matches!(self, Self::InvalidInput | Self::MemoryLimit | Self::Panicked)
    }
}

impl JobEnd {
    /// The failure, if it is one.
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Completed(_) => None,
            Self::Failed(failure) => Some(failure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_name_for_json_and_metrics() {
        for reason in FailureReason::ALL {
            let json = serde_json::to_value(reason).unwrap();
            let expected = if reason == FailureReason::Other { "other" } else { reason.name() };
            assert_eq!(json, expected);
        }
    }
}
