//! `POST /jobs`, `GET /jobs/{id}` and `DELETE /jobs/{id}`.

use std::{panic::resume_unwind, time::Duration};

use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use osapi_common::{
    http::{JsonBody, NoParameters, PathText, QueryParameters, RequestQuery},
    time::timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::{Api, body::JobBody, error::ApiError, users::User};
use crate::{
    job::{JobId, JobRecord, JobState, Requirements},
    metrics::SubmissionMetrics,
    queue::{Cancelled, QueueError},
};

/// The longest time that `GET /jobs/{id}?wait=…` waits.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// How often a wait looks at the record, where an event was missed.
const LOOK: Duration = Duration::from_secs(1);

/// The answer to `POST /jobs`.
#[derive(Serialize)]
struct JobReceipt {
    id: JobId,
    state: JobState,
}

/// Checks a request and queues its job. The answer does not wait for the job to run.
pub(super) async fn submit(
    State(api): State<Api>,
    Extension(user): Extension<User>,
    _: QueryParameters<NoParameters>,
    JsonBody(body): JsonBody<JobBody>,
) -> Result<impl IntoResponse, ApiError> {
    let request = body.request(user.0)?;
    // A task, because axum drops this future when the connection breaks, and a job that is queued
    // has to be counted.
    let submitted = tokio::spawn(async move {
        let (service, priority) = (request.service(), request.priority);
        let id = api.queue.submit(request).await?;
        if api.is_recorded {
            SubmissionMetrics::global().count(service, priority);
        }
        Ok::<_, QueueError>(id)
    });
    let id = match submitted.await {
        Ok(submitted) => submitted?,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => return Err(QueueError::Closed.into()),
        },
    };
    let receipt = JobReceipt { id, state: JobState::Queued };
    Ok((StatusCode::ACCEPTED, [(LOCATION, format!("/jobs/{id}"))], Json(receipt)))
}

/// The query of `GET /jobs/{id}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ShowQuery {
    /// How long to wait for the job's end, such as `5s`.
    wait: Option<String>,
}

impl RequestQuery for ShowQuery {
    fn expected() -> Value {
        json!({"wait": "how long to wait for the job's end, such as 5s, at most 30s"})
    }
}

/// Returns the record of a job. With `?wait=5s` it waits until the job is over, for at most that
/// time.
pub(super) async fn show(
    State(api): State<Api>,
    PathText(id): PathText,
    QueryParameters(query): QueryParameters<ShowQuery>,
) -> Result<Json<RecordView>, ApiError> {
    let wait = query.wait.as_deref().map(parse_wait).transpose()?.unwrap_or_default();
    let job = parse_id(&id)?;
    let end = Instant::now() + wait;
    let mut events = api.queue.events();
    loop {
        let Some(record) = api.queue.record(job).await? else {
            return Err(ApiError::NoSuchJob { id });
        };
        if record.state.is_over() || Instant::now() >= end {
            return Ok(Json(record.into()));
        }
        let look = end.min(Instant::now() + LOOK);
        let over = async {
            loop {
                match events.recv().await {
                    Ok(event) if event.id == job && event.state.is_over() => return,
                    Ok(_) => {}
                    // Events were missed, or there are none any more: the record says.
                    Err(_) => return sleep_until(look).await,
                }
            }
        };
        let _ = timeout_at(look, over).await;
    }
}

/// Cancels a job.
pub(super) async fn cancel(
    State(api): State<Api>,
    PathText(id): PathText,
    _: QueryParameters<NoParameters>,
) -> Result<Json<Value>, ApiError> {
    match api.queue.cancel(parse_id(&id)?).await? {
        Cancelled::Now => {
            if api.is_recorded {
                SubmissionMetrics::global().cancelled();
            }
            Ok(Json(json!({"id": id, "state": JobState::Cancelled})))
        }
        Cancelled::Over(state) => Err(ApiError::IsOver { id, state }),
        Cancelled::Unknown => Err(ApiError::NoSuchJob { id }),
    }
}

pub(super) fn parse_id(id: &str) -> Result<JobId, ApiError> {
    id.parse().map_err(|_| ApiError::NoSuchJob { id: id.to_owned() })
}

fn parse_wait(text: &str) -> Result<Duration, ApiError> {
    match humantime::parse_duration(text) {
        Ok(wait) if wait <= MAX_WAIT => Ok(wait),
        _ => Err(ApiError::BadQuery {
            message: format!(
                "`wait={text}` is not a duration of at most {}",
                humantime::format_duration(MAX_WAIT)
            ),
        }),
    }
}

/// The JSON form of a record. A field is absent while it has no value.
#[derive(Serialize)]
pub(super) struct RecordView {
    id: JobId,
    service: &'static str,
    priority: &'static str,
    state: JobState,
    /// Absent where the record has a time that RFC 3339 cannot write.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<String>,
    attempts: u32,
    progress: u8,
    #[serde(skip_serializing_if = "Requirements::is_empty")]
    requirements: Requirements,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<crate::job::JobOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorView>,
}

#[derive(Serialize)]
struct ErrorView {
    #[serde(rename = "type")]
    error_type: crate::job::FailureType,
    name: &'static str,
    message: String,
}

impl From<JobRecord> for RecordView {
    fn from(record: JobRecord) -> Self {
        Self {
            id: record.id,
            service: record.request.service().name(),
            priority: record.request.priority.name(),
            state: record.state,
            created_at: timestamp(record.created_at),
            attempts: record.attempts,
            progress: record.progress,
            requirements: record.request.requirements,
            worker: record.worker,
            output: record.output,
            error: record.failure.map(|failure| ErrorView {
                error_type: failure.reason.failure_type(),
                name: failure.reason.name(),
                message: failure.message,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::job::{JobRequest, Payload, SimulationPayload};

    #[test]
    fn a_record_of_a_time_that_cannot_be_written_is_shown_without_it() {
        let shown = |created_at| {
            let record = JobRecord {
                id: JobId::generate(),
                request: JobRequest::new(Payload::Simulation(SimulationPayload::default())),
                state: JobState::Queued,
                created_at,
                attempts: 0,
                worker: None,
                progress: 0,
                output: None,
                failure: None,
            };
            serde_json::to_value(RecordView::from(record)).expect("a JSON form")
        };
        let record = shown(SystemTime::UNIX_EPOCH);
        assert_eq!(record["created_at"], "1970-01-01T00:00:00.000000Z");
        // As much as a field of the record in Redis can have.
        let far = shown(SystemTime::UNIX_EPOCH + Duration::from_micros(u64::MAX));
        assert_eq!(far.get("created_at"), None, "{far}");
        assert_eq!(far["state"], "queued");
    }
}
