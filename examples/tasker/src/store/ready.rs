//! The steps that can run: those before them are over.

use osapi_metrics::instrumentation::queue::Queue;
use sqlx::Error;
use uuid::Uuid;

use super::{
    Database, Transaction,
    evaluate::{self, LockedTask},
    messages::StepMessage,
    transitions,
};
use crate::{
    queues::WorkerQueues,
    workflow::{StepState, TaskState},
};

/// A step whose message is in the queue of its namespace.
#[derive(Clone, Debug)]
pub struct EnqueuedStep {
    /// The name in the workflow.
    pub name: String,
    /// The namespace of the workflow.
    pub namespace: String,
    /// The id of the request.
    pub correlation_id: String,
}

/// Enqueues the steps of a locked task that are ready: no step before them is open, and the time of
/// their next attempt has come.
pub(super) async fn enqueue_ready(
    transaction: &mut Transaction,
    task: Uuid,
    locked: &LockedTask,
    queue: &Queue,
) -> Result<Vec<EnqueuedStep>, sqlx::Error> {
    let ready: Vec<(i64, String, i32, String)> = sqlx::query_as(
        "WITH ready AS (
             SELECT id, state FROM tasker.steps WHERE task_id = $1
             AND (state = 'waiting_for_retry' AND retry_at <= now()
                  OR state = 'pending' AND NOT EXISTS (
                      SELECT FROM tasker.edges JOIN tasker.steps AS before ON before.id = from_step
                      WHERE to_step = steps.id AND before.state NOT IN ('complete', 'skipped')))
             ORDER BY position)
         UPDATE tasker.steps SET state = 'enqueued', attempt = attempt + 1, retry_at = NULL
         FROM ready WHERE steps.id = ready.id
         RETURNING steps.id, name, attempt, ready.state",
    )
    .bind(task)
    .fetch_all(&mut *transaction)
    .await?;
    if ready.is_empty() {
        return Ok(Vec::new());
    }
    let from: Vec<_> = ready
        .iter()
        .filter_map(|(step, _, _, state)| Some((*step, StepState::parse(state)?)))
        .collect();
    transitions::of_steps(transaction, task, &from, StepState::Enqueued).await?;
    let messages: Vec<_> = ready
        .iter()
        .map(|(step, _, attempt, _)| StepMessage {
            task,
            step: *step,
            attempt: *attempt,
            correlation_id: locked.correlation_id.clone(),
        })
        .collect();
    queue.send_batch_on(transaction, &messages).await?;
    let enqueued = ready.into_iter().map(|(_, name, ..)| EnqueuedStep {
        name,
        namespace: locked.namespace.clone(),
        correlation_id: locked.correlation_id.clone(),
    });
    Ok(enqueued.collect())
}

/// Enqueues the steps of a task whose next attempt is due.
///
/// # Errors
/// The database failed.
pub async fn enqueue_due(
    transaction: &mut Transaction,
    task: Uuid,
    queues: &WorkerQueues,
) -> Result<Vec<EnqueuedStep>, sqlx::Error> {
    let Some(locked) = evaluate::lock(transaction, task).await? else { return Ok(Vec::new()) };
    if locked.state.is_final()
        || locked.cancel_requested
        || locked.state == TaskState::BlockedByFailures
    {
        return Ok(Vec::new());
    }
    let queue = queues.of(&locked.namespace).await?;
    let enqueued = enqueue_ready(transaction, task, &locked, &queue).await?;
    evaluate::evaluate(transaction, task, locked.state).await?;
    Ok(enqueued)
}

/// Tasks with steps whose next attempt is due, at most 100 of them.
///
/// # Errors
/// The database failed.
pub async fn tasks_with_due_steps(database: &Database) -> Result<Vec<Uuid>, Error> {
    sqlx::query_scalar(
        "SELECT DISTINCT task_id FROM tasker.steps
         WHERE state = 'waiting_for_retry' AND retry_at <= now() LIMIT 100",
    )
    .fetch_all(database)
    .await
}
