//! The JSON forms on NATS: a job in the queue, and its record in the bucket.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::{
    job::{Failure, Job, JobId, JobRecord, JobState, Outcome},
    operations::{Operation, Output, RequestError},
};

/// More than the name of an agent and a failure of the broker add to the record of a job.
const END_ROOM: usize = 1_024;

/// A job whose operation is a name, so that an agent of another version can read the rest.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct StoredJob {
    pub(super) id: JobId,
    operation: String,
    /// Read when the job is run.
    args: Box<RawValue>,
    /// Microseconds since 1970.
    created_at: u64,
}

/// A job and its state.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct StoredRecord {
    pub(super) job: StoredJob,
    /// How many times an agent has begun to run the job.
    pub(super) attempts: u32,
    pub(super) state: StoredState,
}

/// The state of a job.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum StoredState {
    Queued,
    Running {
        agent: String,
    },
    Completed {
        agent: String,
        #[serde(rename = "seconds", with = "seconds")]
        duration: Option<Duration>,
        result: Box<RawValue>,
    },
    Failed {
        agent: String,
        #[serde(rename = "seconds", with = "seconds")]
        duration: Option<Duration>,
        code: String,
        message: String,
        timed_out: bool,
    },
}

/// The form of a running time: a number of seconds. One that is no time is none.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes it so")]
    pub(super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs_f64()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let seconds = Option::<f64>::deserialize(deserializer)?;
        Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()))
    }
}

impl StoredJob {
    pub(super) fn of(job: &Job) -> Result<Self, serde_json::Error> {
        let created_at = job.created_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Ok(Self {
            id: job.id,
            operation: job.operation.name().to_owned(),
            args: to_raw_value(&job.operation.args()?)?,
            created_at: u64::try_from(created_at.as_micros()).unwrap_or(u64::MAX),
        })
    }

    pub(super) fn operation(&self) -> &str {
        &self.operation
    }

    /// The job for its `attempt`-th run.
    pub(super) fn job(&self, attempt: u32) -> Result<Job, RequestError> {
        Ok(Job {
            id: self.id,
            operation: Operation::read(&self.operation, self.args.get())?,
            created_at: self.created_at(),
            attempt,
        })
    }

    fn created_at(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_micros(self.created_at)
    }
}

impl StoredRecord {
    /// The record of a job that nobody has begun to run.
    pub(super) fn queued(job: StoredJob) -> Self {
        Self { job, attempts: 0, state: StoredState::Queued }
    }

    /// Whether the record is still no larger than this when the job runs, and when it has failed.
    pub(super) fn fits(&self, bytes: usize) -> Result<bool, serde_json::Error> {
        Ok(serde_json::to_vec(self)?.len() + END_ROOM <= bytes)
    }

    /// The record as the API shows it. The operation may be one that this version does not know.
    pub(super) fn record(self) -> JobRecord {
        JobRecord {
            id: self.job.id,
            created_at: self.job.created_at(),
            operation: self.job.operation.into(),
            state: self.state.into(),
        }
    }
}

impl StoredState {
    pub(super) fn finished(agent: &str, outcome: &Outcome) -> Self {
        let (agent, duration) = (agent.to_owned(), outcome.duration);
        match &outcome.result {
            Ok(output) => Self::Completed { agent, duration, result: output.encoded().to_owned() },
            Err(failure) => Self::Failed {
                agent,
                duration,
                code: failure.code.clone().into_owned(),
                message: failure.message.clone(),
                timed_out: failure.timed_out,
            },
        }
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Completed { .. } | Self::Failed { .. })
    }
}

impl From<StoredState> for JobState {
    fn from(state: StoredState) -> Self {
        let (agent, duration, result) = match state {
            StoredState::Queued => return Self::Queued,
            StoredState::Running { agent } => return Self::Running { agent: agent.into() },
            StoredState::Completed { agent, duration, result } => {
                (agent, duration, Ok(Output::from_encoded(result)))
            }
            StoredState::Failed { agent, duration, code, message, timed_out } => {
                (agent, duration, Err(Failure { code: Cow::Owned(code), message, timed_out }))
            }
        };
        Self::Finished { agent: agent.into(), outcome: Outcome { result, duration } }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operations::OPERATIONS;

    fn through_json<T: Serialize + for<'de> Deserialize<'de>>(value: &T) -> T {
        let text = serde_json::to_vec(value).expect("a JSON form");
        serde_json::from_slice(&text).expect("what was written")
    }

    #[test]
    fn every_operation_survives_the_way_to_an_agent() {
        for spec in OPERATIONS {
            let args = serde_json::from_str(spec.example).expect("an object");
            let operation = Operation::parse(spec.name, args).expect("an example that runs");
            let job = Job::new(operation);
            let stored = through_json(&StoredJob::of(&job).expect("a JSON form"));
            let read = stored.job(2).expect("known");
            assert_eq!((read.id, &read.operation), (job.id, &job.operation));
            let lost = job.created_at.duration_since(read.created_at).expect("not later");
            assert!(lost < Duration::from_micros(1), "{lost:?}");
            assert_eq!(read.attempt, 2);
        }
    }

    #[test]
    fn arguments_that_cannot_be_read_keep_nobody_from_the_rest() {
        let read = |args: &str| {
            let text = format!(
                r#"{{"job": {{"id": "0197f3a0-0000-7000-8000-000000000000", "operation": "wait",
                    "args": {args}, "created_at": 0}}, "attempts": 0, "state": "queued"}}"#
            );
            let stored: StoredRecord = serde_json::from_str(&text).expect(args);
            let job = stored.job.job(1).map(|job| job.operation);
            assert_eq!(stored.record().operation, "wait");
            job.map_err(|error| error.to_string())
        };
        read(r#"{"millis": 5}"#).expect("known arguments");
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for (args, expected) in [
            ("7", "expected an object"),
            (&*deep, "expected an object"),
            (&format!(r#"{{"millis": {deep}}}"#), "recursion limit exceeded"),
            (r#"{"millis": 5, "millis": 6}"#, "is given twice"),
            (r#"{"millis": {"$serde_json::private::RawValue": "5"}}"#, "is reserved"),
            (r#"{"millis": 1e400}"#, "number out of range"),
        ] {
            let error = read(args).expect_err(args);
            assert!(error.starts_with("bad arguments for `wait`: "), "{error}");
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn a_record_shows_the_same_before_and_after() {
        let output = Output::json(&json!({"hostname": "n1"})).expect("valid JSON");
        let failure = Failure { code: "c".into(), message: "m".into(), timed_out: true };
        for result in [Ok(output), Err(failure)] {
            let outcome = Outcome { result, duration: Some(Duration::from_millis(250)) };
            let state = StoredState::finished("a1", &outcome);
            assert!(state.is_over());
            let mut job = Job::new(Operation::NodeHostname);
            job.created_at = SystemTime::UNIX_EPOCH + Duration::from_micros(1_500);
            let job_form = StoredJob::of(&job).expect("a JSON form");
            let stored = StoredRecord { job: job_form, attempts: 1, state };
            let read = through_json(&stored).record();
            let state = JobState::Finished { agent: "a1".into(), outcome };
            let written = JobRecord::new(&job, state);
            let shown = [&read, &written].map(|r| serde_json::to_value(r).expect("a JSON form"));
            assert_eq!(shown[0], shown[1]);
        }
    }

    #[test]
    fn a_running_time_that_is_none_is_left_out() {
        let read = |seconds: &str| {
            let text = format!(
                r#"{{"completed": {{"agent": "a1", "seconds": {seconds}, "result": 1e400}}}}"#
            );
            serde_json::from_str::<StoredState>(&text).map(|state| {
                let JobState::Finished { outcome, .. } = state.into() else { unreachable!() };
                assert_eq!(outcome.result.expect("a result").encoded().get(), "1e400");
                outcome.duration.map(|duration| duration.as_secs_f64())
            })
        };
        for seconds in [0.0, 0.25, 3_600.0, 1e18] {
            assert_eq!(read(&seconds.to_string()).expect("a time"), Some(seconds));
        }
        for seconds in ["-1", "-1e-9", "-1e300", "1e308", "1e20", "null"] {
            assert_eq!(read(seconds).expect("a record"), None, "{seconds}");
        }
        for seconds in ["\"NaN\"", "1e400", "[]"] {
            read(seconds).expect_err(seconds);
        }
    }
}
