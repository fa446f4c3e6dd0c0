use serde::{Deserialize, Serialize};

use crate::job::{JobId, JobState, Priority, Service};

/// What has happened to a job: a change of its state, or progress of a job that runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct JobEvent {
    /// The job.
    pub id: JobId,
    /// The service of the job.
    pub service: Service,
    /// The priority of the job.
    pub priority: Priority,
    /// The state after the event.
    pub state: JobState,
    /// The number of attempts that have begun.
    pub attempts: u32,
    /// The worker that has or had the job.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub worker: Option<String>,
    /// The progress in percent, of a job that runs.
    pub progress: u8,
}
