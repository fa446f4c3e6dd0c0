use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::{
    end::{Failure, JobOutput},
    id::JobId,
    request::JobRequest,
};

/// A job and its state, as the queue keeps them.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRecord {
    /// The identifier.
    pub id: JobId,
    /// What the client asked for.
    pub request: JobRequest,
    /// The state.
    pub state: JobState,
    /// When the job was submitted, by the clock of the queue.
    pub created_at: SystemTime,
    /// The number of attempts that have begun.
    pub attempts: u32,
    /// The worker that has or had the job last.
    pub worker: Option<String>,
    /// The progress in percent that the worker reported last.
    pub progress: u8,
    /// The output of a job that is completed.
    pub output: Option<JobOutput>,
    /// Why the last attempt failed.
    pub failure: Option<Failure>,
}

impl JobRecord {
    /// About what the record takes in memory at least.
    pub const MIN_BYTES: u64 = 1_024;

    /// About what the record takes in memory, with the places where a queue has its id.
    pub fn bytes(&self) -> u64 {
        let requirements = self.request.requirements.entries();
        let texts = [
            self.request.payload.text_bytes(),
            self.request.user.as_ref().map_or(0, String::len),
            // A key, a text and their places.
            requirements.len() * 256,
            self.worker.as_ref().map_or(0, String::len),
            self.output.as_ref().map_or(0, |output| output.summary.to_string().len()),
            self.failure.as_ref().map_or(0, |failure| failure.message.len()),
        ];
        Self::MIN_BYTES + texts.into_iter().sum::<usize>() as u64
    }
}

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for a worker, for the first time or again.
    Queued,
    /// A worker has claimed it.
    Assigned,
    /// A worker runs it.
    Running,
    /// Ended with a result.
    Completed,
    /// Ended with an error.
    Failed,
    /// Ended by a client.
    Cancelled,
    /// Ended because its last attempt took longer than its time-out.
    TimedOut,
    /// Ended because no worker could run it.
    Unworkable,
}

impl JobState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Assigned,
        Self::Running,
        Self::Completed,
        Self::Failed,
        Self::Cancelled,
        Self::TimedOut,
        Self::Unworkable,
    ];

    /// The name in answers and in Redis.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Assigned => "assigned",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::Unworkable => "unworkable",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the job has reached its last state.
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Assigned | Self::Running)
    }
}
