//! `POST /jobs` and `GET /jobs/{id}`.

use std::{panic::resume_unwind, sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::IntoResponse,
};
use osapi_common::http::{
    JsonBody, NoParameters, PathText, QueryParameters, RequestBody, RequestQuery,
};
use osapi_metrics::JobMetrics;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::error::ApiError;
use crate::{
    broker::{Broker, BrokerError},
    job::{Job, JobId, JobRecord, JobStatus},
    operations::Operation,
};

/// The longest time that `GET /jobs/{id}?wait=…` waits.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// The body of `POST /jobs`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `operation` and `args`")]
pub(super) struct JobRequest {
    operation: String,
    #[serde(default)]
    args: Map<String, Value>,
}

impl RequestBody for JobRequest {
    fn expected() -> Value {
        json!({
            "operation": "the operation's name",
            "args": "an object with its arguments; may be left out where it takes none",
        })
    }
}

/// The answer to `POST /jobs`.
#[derive(Serialize)]
struct JobReceipt {
    id: JobId,
    status: JobStatus,
}

/// Checks a request and queues its job. The answer does not wait for the job to run.
pub(super) async fn submit(
    State(broker): State<Arc<dyn Broker>>,
    _: QueryParameters<NoParameters>,
    JsonBody(request): JsonBody<JobRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let operation = Operation::parse(&request.operation, request.args)?;
    let name = operation.name();
    let job = Job::new(operation);
    let id = job.id;
    // A task, because axum drops this future when the connection breaks, and a job that is queued
    // has to be counted.
    let submitted = tokio::spawn(async move {
        broker.submit(job).await?;
        JobMetrics::global().created(name).inc();
        Ok::<_, BrokerError>(())
    });
    match submitted.await {
        Ok(submitted) => submitted?,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => return Err(BrokerError::Closed.into()),
        },
    }
    let receipt = JobReceipt { id, status: JobStatus::Queued };
    let location = [(LOCATION, format!("/jobs/{id}"))];
    Ok((StatusCode::ACCEPTED, location, Json(receipt)))
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
    State(broker): State<Arc<dyn Broker>>,
    PathText(id): PathText,
    QueryParameters(query): QueryParameters<ShowQuery>,
) -> Result<Json<JobRecord>, ApiError> {
    let wait = query.wait.as_deref().map(parse_wait).transpose()?;
    let Ok(job) = id.parse::<JobId>() else {
        return Err(ApiError::NoSuchJob { id });
    };
    let waited = match wait {
        Some(wait) => timeout(wait, broker.finished(job)).await.ok(),
        None => None,
    };
    let record = match waited {
        Some(record) => record?,
        None => broker.record(job).await?,
    };
    record.map(Json).ok_or(ApiError::NoSuchJob { id })
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
