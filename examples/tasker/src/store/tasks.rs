//! Tasks as the API knows them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use sqlx::{Error, FromRow, types::Json};
use uuid::Uuid;

use super::{
    Database, Transaction,
    evaluate::{self, Finalized},
    transitions,
};
use crate::{
    metrics::CorrelationId,
    workflow::{StepState, TaskState, Workflow},
};

/// A task that is about to be accepted.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// The id of the task.
    pub id: Uuid,
    /// The id of the request.
    pub correlation_id: String,
    /// What to run.
    pub workflow: &'static Workflow,
    /// What the handlers get.
    pub context: Map<String, Value>,
}

/// A task with its steps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskRecord {
    /// The id of the task.
    pub id: Uuid,
    /// The id of the request.
    pub correlation_id: String,
    /// What is run.
    pub workflow: String,
    /// Where the task is on its way.
    pub state: String,
    /// Why the task failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The time from the request to the end, or until now; none where the times in the table are
    /// none of a task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<f64>,
    /// The steps, in the order of the workflow; empty until the task is initialized.
    pub steps: Vec<StepRecord>,
}

/// JSON of PostgreSQL as it is, also where it has a number that is too large for others.
pub type StoredJson = Json<Box<RawValue>>;

/// A step of a task.
#[derive(Clone, Debug, Serialize, Deserialize, FromRow)]
pub struct StepRecord {
    /// The name in the workflow.
    pub name: String,
    /// Where the step is on its way.
    pub state: String,
    /// The number of attempts that were begun.
    pub attempt: i32,
    /// The worker that runs or ran it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// What the handler returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<StoredJson>,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<StoredJson>,
}

/// Writes a task. Its request is sent in the same transaction, so that there is never one without
/// the other.
///
/// # Errors
/// The database failed.
pub async fn create(transaction: &mut Transaction, task: &NewTask) -> Result<(), Error> {
    sqlx::query(
        "WITH created AS (
             INSERT INTO tasker.tasks (id, correlation_id, workflow, namespace, context, state)
             VALUES ($1, $2, $3, $4, $5, $6) RETURNING id)
         INSERT INTO tasker.transitions (task_id, to_state) SELECT $1, $6",
    )
    .bind(task.id)
    .bind(&task.correlation_id)
    .bind(task.workflow.name)
    .bind(task.workflow.namespace)
    .bind(Value::Object(task.context.clone()))
    .bind(TaskState::Pending.as_str())
    .execute(transaction)
    .await?;
    Ok(())
}

type TaskRow = (String, String, String, Option<String>, Option<f64>);

/// The task of this id, with its steps.
///
/// # Errors
/// The database failed.
pub async fn find(database: &Database, id: Uuid) -> Result<Option<TaskRecord>, Error> {
    let task: Option<TaskRow> = sqlx::query_as(
        "SELECT correlation_id, workflow, state, error,
                CASE WHEN isfinite(created_at) AND isfinite(until) AND created_at <= until
                    THEN extract(epoch FROM until - created_at)::float8 END
         FROM (SELECT *, coalesce(ended_at, now()) AS until FROM tasker.tasks WHERE id = $1) AS task",
    )
    .bind(id)
    .fetch_optional(database)
    .await?;
    let Some((correlation_id, workflow, state, error, duration_seconds)) = task else {
        return Ok(None);
    };
    let steps = sqlx::query_as(
        "SELECT name, state, attempt, worker, output, error
         FROM tasker.steps WHERE task_id = $1 ORDER BY position",
    )
    .bind(id)
    .fetch_all(database)
    .await?;
    Ok(Some(TaskRecord { id, correlation_id, workflow, state, error, duration_seconds, steps }))
}

/// Marks a task that is not over as to be cancelled, and returns the id of its request; `None` if
/// there is no such task.
///
/// # Errors
/// The database failed.
pub async fn request_cancel(
    transaction: &mut Transaction,
    id: Uuid,
) -> Result<Option<(String, TaskState)>, Error> {
    let task: Option<(String, String)> = sqlx::query_as(
        "UPDATE tasker.tasks
         SET cancel_requested = state NOT IN ('complete', 'error', 'cancelled')
         WHERE id = $1 RETURNING correlation_id, state",
    )
    .bind(id)
    .fetch_optional(transaction)
    .await?;
    Ok(task.map(|(correlation_id, state)| {
        let correlation_id = CorrelationId::known(correlation_id);
        (correlation_id, TaskState::parse(&state).unwrap_or(TaskState::Pending))
    }))
}

/// Cancels the steps of a task that no worker runs, and the task if no worker runs any.
///
/// # Errors
/// The database failed.
pub async fn cancel(transaction: &mut Transaction, id: Uuid) -> Result<Option<Finalized>, Error> {
    let Some(state) = evaluate::lock(transaction, id).await?.map(|task| task.state) else {
        return Ok(None);
    };
    if state.is_final() {
        return Ok(None);
    }
    sqlx::query("UPDATE tasker.tasks SET cancel_requested = true WHERE id = $1")
        .bind(id)
        .execute(&mut *transaction)
        .await?;
    let cancelled: Vec<(i64, String)> = sqlx::query_as(
        "WITH open AS (
             SELECT id, state FROM tasker.steps WHERE task_id = $1
             AND state IN ('pending', 'enqueued', 'waiting_for_retry') FOR UPDATE)
         UPDATE tasker.steps SET state = 'cancelled' FROM open WHERE steps.id = open.id
         RETURNING steps.id, open.state",
    )
    .bind(id)
    .fetch_all(&mut *transaction)
    .await?;
    let cancelled: Vec<_> = cancelled
        .into_iter()
        .filter_map(|(step, state)| Some((step, StepState::parse(&state)?)))
        .collect();
    transitions::of_steps(transaction, id, &cancelled, StepState::Cancelled).await?;
    evaluate::evaluate(transaction, id, state).await
}
