//! `POST /v1/tasks`, `GET /v1/tasks/{id}` and `POST /v1/tasks/{id}/cancel`.

use std::{
    panic::resume_unwind,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::IntoResponse,
};
use osapi_common::http::{JsonBody, NoParameters, PathText, QueryParameters, RequestBody};
use osapi_metrics_rules::excerpt::Excerpt;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{ApiParts, CANCEL, TASK, TASKS, correlation, error::ApiError};
use crate::{
    metrics::{OrchestrationMetrics, TaskLabels},
    resilience::{Use, persist},
    store::{self, NewTask, TaskRecord, TaskRequest},
    workflow,
};

/// The body of `POST /v1/tasks`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `workflow` and `context`")]
pub(super) struct SubmitRequest {
    workflow: String,
    #[serde(default)]
    context: Map<String, Value>,
    #[serde(default)]
    correlation_id: Option<String>,
}

impl RequestBody for SubmitRequest {
    fn expected() -> Value {
        json!({
            "workflow": "the workflow's name",
            "context": "an object with its fields; may be left out where it takes none",
            "correlation_id": "an id of your own; may be left out",
        })
    }
}

/// Checks a request, and queues it. The answer does not wait for the task to run.
pub(super) async fn submit(
    State(parts): State<Arc<ApiParts>>,
    headers: HeaderMap,
    _: QueryParameters<NoParameters>,
    JsonBody(request): JsonBody<SubmitRequest>,
) -> Result<impl IntoResponse, ApiError> {
    let Some(workflow) = workflow::find(&request.workflow) else {
        return Err(ApiError::unknown_workflow(&request.workflow));
    };
    let checked = workflow.check_context(&request.context);
    checked.map_err(|cause| ApiError::Context { workflow, cause })?;
    let correlation_id = correlation::of_request(&headers, request.correlation_id)?;
    let most = parts.max_queued_tasks;
    if let Some(queued) = parts.queued.requests().filter(|queued| *queued >= most) {
        return Err(ApiError::QueueFull { queued, most });
    }
    let task = NewTask { id: Uuid::now_v7(), correlation_id, workflow, context: request.context };
    let (id, correlation_id) = (task.id, task.correlation_id.clone());
    // A task of its own, because axum drops this future when the connection breaks, and a request
    // that is accepted has to be counted.
    let accepted = tokio::spawn(async move {
        let asked = parts.ask(TASKS, Use::AcceptTasks, accept(&parts, &task)).await;
        match asked {
            Ok(()) => count(&parts, &task),
            Err(ApiError::Database { ref cause }) if may_be_written(cause) => {
                drop(tokio::spawn(count_if_written(parts, task)));
            }
            Err(_) => {}
        }
        asked
    });
    match accepted.await {
        Ok(accepted) => accepted?,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => return Err(ApiError::Stopping),
        },
    }
    let location = [(LOCATION, format!("{TASKS}/{id}"))];
    let receipt = json!({"id": id, "correlation_id": correlation_id, "state": "pending"});
    Ok((StatusCode::ACCEPTED, location, Json(receipt)))
}

/// Writes a task and sends its request, both or none.
async fn accept(parts: &ApiParts, task: &NewTask) -> Result<(), sqlx::Error> {
    let mut transaction = parts.database.begin().await?;
    store::create(&mut transaction, task).await?;
    let request = TaskRequest::Start { task: task.id, correlation_id: task.correlation_id.clone() };
    parts.queues.requests.send_on(&mut transaction, &request).await?;
    transaction.commit().await?;
    Ok(())
}

/// Whether the database may have accepted a task nevertheless: it has not answered, or was
/// interrupted. Asking for a task that it has refused would be a success that its breaker counts.
fn may_be_written(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => {
            error.code().is_none_or(|code| ["08", "57"].iter().any(|class| code.starts_with(class)))
        }
        _ => true,
    }
}

/// Counts an accepted request.
fn count(parts: &ApiParts, task: &NewTask) {
    let labels = TaskLabels {
        correlation_id: parts.correlations.label(&task.correlation_id),
        task_type: task.workflow.name,
        namespace: task.workflow.namespace,
    };
    OrchestrationMetrics::global().requests.with(labels).inc();
}

/// Counts a request whose commit was not answered, once the database says that the task is there.
async fn count_if_written(parts: Arc<ApiParts>, task: NewTask) {
    const LIMIT: Duration = Duration::from_mins(10);
    let deadline = Instant::now() + LIMIT;
    let never = CancellationToken::new();
    let find = || store::find(&parts.database, task.id);
    let found = persist(&parts.breakers, Use::ShowTasks, deadline, &never, find);
    if let Ok(Some(_)) = found.await {
        count(&parts, &task);
    }
}

/// Returns a task with its steps.
pub(super) async fn show(
    State(parts): State<Arc<ApiParts>>,
    PathText(id): PathText,
    _: QueryParameters<NoParameters>,
) -> Result<Json<TaskRecord>, ApiError> {
    let task = parse(&id)?;
    let found = parts.ask(TASK, Use::ShowTasks, store::find(&parts.database, task)).await?;
    found.map(Json).ok_or(ApiError::NoSuchTask { id })
}

/// Asks the orchestration to cancel a task.
pub(super) async fn cancel(
    State(parts): State<Arc<ApiParts>>,
    PathText(id): PathText,
    _: QueryParameters<NoParameters>,
) -> Result<impl IntoResponse, ApiError> {
    let task = parse(&id)?;
    let asked = async {
        let mut transaction = parts.database.begin().await?;
        let found = store::request_cancel(&mut transaction, task).await?;
        if let Some((correlation_id, state)) = &found
            && !state.is_final()
        {
            let request = TaskRequest::Cancel { task, correlation_id: correlation_id.clone() };
            parts.queues.requests.send_on(&mut transaction, &request).await?;
        }
        transaction.commit().await?;
        Ok(found)
    };
    match parts.ask(CANCEL, Use::CancelTasks, asked).await? {
        None => Err(ApiError::NoSuchTask { id }),
        Some((_, state)) if state.is_final() => Err(ApiError::TaskIsOver { state: state.as_str() }),
        Some(_) => Ok((StatusCode::ACCEPTED, Json(json!({"id": task, "state": "cancelling"})))),
    }
}

fn parse(id: &str) -> Result<Uuid, ApiError> {
    let no_such_task = || ApiError::NoSuchTask { id: Excerpt::of(id).to_string() };
    id.parse().map_err(|_| no_such_task())
}
