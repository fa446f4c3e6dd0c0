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
    workflow::{NAMESPACES, StepState, TaskState},
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
             AND (state = 'waiting_for_retry' AND retry_at <= now() AND attempt < max_attempts
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
    if !goes_on(locked.state) || locked.cancel_requested {
        return Ok(Vec::new());
    }
    let queue = queues.of(&locked.namespace)?;
    let enqueued = enqueue_ready(transaction, task, &locked, queue).await?;
    evaluate::evaluate(transaction, task, locked.state).await?;
    Ok(enqueued)
}

/// Whether the steps of a task in this state are tried again.
fn goes_on(state: TaskState) -> bool {
    !state.is_final() && state != TaskState::BlockedByFailures
}

/// Tasks with steps whose next attempt is due and can be enqueued, at most 100 of them: others are
/// found again and again, and would leave no place.
///
/// # Errors
/// The database failed.
pub async fn tasks_with_due_steps(database: &Database) -> Result<Vec<Uuid>, Error> {
    let states = TaskState::ALL.iter().copied().filter(|state| goes_on(*state));
    sqlx::query_scalar(
        "SELECT DISTINCT task_id FROM tasker.steps JOIN tasker.tasks ON tasks.id = task_id
         WHERE steps.state = 'waiting_for_retry' AND retry_at <= now() AND attempt < max_attempts
         AND NOT cancel_requested AND tasks.state = ANY($1) AND tasks.namespace = ANY($2)
         LIMIT 100",
    )
    .bind(states.map(TaskState::as_str).collect::<Vec<_>>())
    .bind(NAMESPACES.as_slice())
    .fetch_all(database)
    .await
}
