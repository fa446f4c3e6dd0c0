//! A job: its request, its state, and how it ended.

use std::{
    borrow::Cow,
    fmt,
    str::FromStr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use osapi_common::time::timestamp;
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::operations::{Operation, Output};

/// One accepted request to run an operation.
#[derive(Clone, Debug)]
pub struct Job {
    /// The identifier in the API and in the logs.
    pub id: JobId,
    /// The operation to run, with checked arguments.
    pub operation: Operation,
    /// When the API accepted the job. The queue wait begins here.
    pub created_at: SystemTime,
    /// The number of this run, counted from 1. A job runs again when an agent does not finish it.
    pub attempt: u32,
}

impl Job {
    /// A new job for `operation`, created now.
    pub fn new(operation: Operation) -> Self {
        Self { id: JobId::generate(), operation, created_at: SystemTime::now(), attempt: 1 }
    }
}

/// The identifier of a job: a UUID of version 7, so that ids sort by creation time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(transparent)]
pub struct JobId(Uuid);

impl JobId {
    /// A new, unique identifier.
    pub fn generate() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for JobId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// A job and its state, as the broker stores them.
///
/// Serialises to the answer to `GET /jobs/{id}`.
#[derive(Clone, Debug)]
pub struct JobRecord {
    /// The identifier of the job.
    pub id: JobId,
    /// The name of the operation. A broker between machines may have jobs of other versions, whose
    /// operations this version does not know.
    pub operation: Cow<'static, str>,
    /// When the API accepted the job.
    pub created_at: SystemTime,
    /// The state of the job.
    pub state: JobState,
}

impl JobRecord {
    /// The record of a job in this state.
    pub fn new(job: &Job, state: JobState) -> Self {
        let operation = job.operation.name().into();
        Self { id: job.id, operation, created_at: job.created_at, state }
    }
}

/// The state of a job.
#[derive(Clone, Debug)]
pub enum JobState {
    /// The job waits for an agent.
    Queued,
    /// An agent runs the job.
    Running {
        /// The agent's name.
        agent: Arc<str>,
    },
    /// An agent ran the job to its end.
    Finished {
        /// The agent's name.
        agent: Arc<str>,
        /// How the job ended.
        outcome: Outcome,
    },
    /// The service stopped before the job was over.
    Cancelled,
}

impl JobState {
    /// Whether the job has reached its last state.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Finished { .. } | Self::Cancelled)
    }

    /// The status that the API shows for this state.
    pub fn status(&self) -> JobStatus {
        match self {
            Self::Queued => JobStatus::Queued,
            Self::Running { .. } => JobStatus::Running,
            Self::Finished { outcome, .. } => match &outcome.result {
                Ok(_) => JobStatus::Completed,
                Err(failure) if failure.timed_out => JobStatus::TimedOut,
                Err(_) => JobStatus::Failed,
            },
            Self::Cancelled => JobStatus::Cancelled,
        }
    }
}

/// The state of a job in one word, `snake_case` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// The job waits for an agent.
    Queued,
    /// An agent runs the job.
    Running,
    /// The job ended with a result.
    Completed,
    /// The job ended with an error.
    Failed,
    /// The job was ended because it ran longer than its operation allows.
    TimedOut,
    /// The service stopped before the job was over.
    Cancelled,
}

/// How a job ended and how long its handler ran.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The output of the operation, or why it has no output.
    pub result: Result<Output, Failure>,
    /// The running time of the handler, without the time in the queue; none where a record has a
    /// number that is no time.
    pub duration: Option<Duration>,
}

/// Why a job has no result.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The class of the error, the same word as the label `error_type` of `osapi_job_errors_total`.
    pub code: Cow<'static, str>,
    /// A description of the error for people.
    pub message: String,
    /// Whether the job was ended because it ran too long.
    #[serde(skip)]
    pub timed_out: bool,
}

impl Serialize for JobRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (agent, outcome) = match &self.state {
            JobState::Queued | JobState::Cancelled => (None, None),
            JobState::Running { agent } => (Some(agent), None),
            JobState::Finished { agent, outcome } => (Some(agent), Some(outcome)),
        };
        let result = outcome.map(|outcome| outcome.result.as_ref());
        RecordView {
            id: self.id,
            operation: &self.operation,
            status: self.state.status(),
            result: result.and_then(Result::ok),
            error: result.and_then(Result::err),
            agent: agent.map(|name| &**name),
            created_at: timestamp(self.created_at),
            duration_seconds: outcome.and_then(|outcome| Some(outcome.duration?.as_secs_f64())),
        }
        .serialize(serializer)
    }
}

/// The JSON form of a record. A field is absent while it has no value.
#[derive(Serialize)]
struct RecordView<'a> {
    id: JobId,
    operation: &'a str,
    status: JobStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a Output>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Failure>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<&'a str>,
    /// Absent where the record has a time that RFC 3339 cannot write.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<f64>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(state: JobState) -> serde_json::Value {
        let job = Job {
            created_at: SystemTime::UNIX_EPOCH + Duration::from_millis(1_500),
            ..Job::new(Operation::NodeHostname)
        };
        let record = JobRecord::new(&job, state);
        let mut json = serde_json::to_value(&record).expect("a record is valid JSON");
        assert_eq!(json["id"], job.id.to_string());
        json.as_object_mut().expect("an object").remove("id");
        json
    }

    fn finished(result: Result<Output, Failure>) -> JobState {
        JobState::Finished {
            agent: "a1".into(),
            outcome: Outcome { result, duration: Some(Duration::from_millis(250)) },
        }
    }

    #[test]
    fn a_queued_job_has_neither_result_nor_agent() {
        assert_eq!(
            record(JobState::Queued),
            json!({
                "operation": "node.hostname",
                "status": "queued",
                "created_at": "1970-01-01T00:00:01.500000Z",
            })
        );
    }

    #[test]
    fn a_completed_job_shows_result_agent_and_duration() {
        let output = Output::json(&json!({"hostname": "n1"})).expect("valid JSON");
        assert_eq!(
            record(finished(Ok(output))),
            json!({
                "operation": "node.hostname",
                "status": "completed",
                "result": {"hostname": "n1"},
                "agent": "a1",
                "created_at": "1970-01-01T00:00:01.500000Z",
                "duration_seconds": 0.25,
            })
        );
    }

    #[test]
    fn a_failure_shows_code_and_message() {
        let failure =
            |timed_out| Failure { code: "some_code".into(), message: "it broke".into(), timed_out };
        let failed = record(finished(Err(failure(false))));
        assert_eq!(failed["status"], "failed");
        assert_eq!(failed["error"], json!({"code": "some_code", "message": "it broke"}));
        assert_eq!(record(finished(Err(failure(true))))["status"], "timed_out");
    }

    #[test]
    fn an_id_survives_its_text_form() {
        let id = JobId::generate();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!("not-an-id".parse::<JobId>().is_err());
    }
}
