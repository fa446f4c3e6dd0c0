//! The beginning of a task: its steps and the edges between them.

use osapi_metrics_rules::excerpt::Excerpt;
use uuid::Uuid;

use super::{
    Transaction,
    evaluate::{self, Finalized},
    ready::{EnqueuedStep, enqueue_ready},
    transitions,
};
use crate::{
    metrics::FinalState,
    queues::WorkerQueues,
    workflow::{StepState, TaskState, Workflow, find},
};

/// What has become of a request for a task.
#[derive(Debug)]
pub enum Initialized {
    /// The steps are written, and the first ones are enqueued.
    Begun {
        /// What is run.
        workflow: &'static Workflow,
        /// The steps that are enqueued.
        enqueued: Vec<EnqueuedStep>,
    },
    /// The task had begun before, or has been cancelled.
    AlreadyBegun,
    /// No task has this id.
    Unknown,
    /// The table names a workflow that this program does not have.
    UnknownWorkflow {
        /// Its name.
        workflow: String,
    },
}

/// Writes the steps of a task and enqueues those that are ready.
///
/// # Errors
/// The database failed.
pub async fn initialize(
    transaction: &mut Transaction,
    task: Uuid,
    queues: &WorkerQueues,
) -> Result<Initialized, sqlx::Error> {
    let Some(locked) = evaluate::lock(transaction, task).await? else {
        return Ok(Initialized::Unknown);
    };
    if locked.state != TaskState::Pending || locked.cancel_requested {
        return Ok(Initialized::AlreadyBegun);
    }
    let name: String = sqlx::query_scalar("SELECT workflow FROM tasker.tasks WHERE id = $1")
        .bind(task)
        .fetch_one(&mut *transaction)
        .await?;
    let Some(workflow) = find(&name) else {
        return Ok(Initialized::UnknownWorkflow { workflow: name });
    };
    write_steps(transaction, task, workflow).await?;
    let queue = queues.of(workflow.namespace)?;
    let enqueued = enqueue_ready(transaction, task, &locked, queue).await?;
    transitions::of_task(
        transaction,
        task,
        TaskState::Pending,
        &[TaskState::Initializing, TaskState::EnqueuingSteps, TaskState::StepsInProcess],
    )
    .await?;
    Ok(Initialized::Begun { workflow, enqueued })
}

async fn write_steps(
    transaction: &mut Transaction,
    task: Uuid,
    workflow: &Workflow,
) -> Result<(), sqlx::Error> {
    let steps = workflow.steps;
    let timeouts = steps.iter().map(|step| i64::try_from(step.timeout.as_millis()));
    sqlx::query(
        "INSERT INTO tasker.steps
             (task_id, position, name, namespace, handler, state, max_attempts, timeout_millis)
         SELECT $1, position, name, $2, handler, $3, max_attempts, timeout_millis
         FROM unnest($4::text[], $5::text[], $6::integer[], $7::bigint[]) WITH ORDINALITY
             AS templates (name, handler, max_attempts, timeout_millis, position)",
    )
    .bind(task)
    .bind(workflow.namespace)
    .bind(StepState::Pending.as_str())
    .bind(steps.iter().map(|step| step.name).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| step.handler.as_str()).collect::<Vec<_>>())
    .bind(steps.iter().map(|step| i32::from(step.max_attempts)).collect::<Vec<_>>())
    .bind(timeouts.map(|millis| millis.unwrap_or(i64::MAX)).collect::<Vec<_>>())
    .execute(&mut *transaction)
    .await?;
    let edges: Vec<_> = steps
        .iter()
        .flat_map(|step| step.after.iter().map(|before| (*before, step.name)))
        .collect();
    if edges.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO tasker.edges (from_step, to_step)
         SELECT before.id, after.id FROM unnest($2::text[], $3::text[]) AS edges (source, target)
         JOIN tasker.steps AS before ON before.task_id = $1 AND before.name = source
         JOIN tasker.steps AS after ON after.task_id = $1 AND after.name = target",
    )
    .bind(task)
    .bind(edges.iter().map(|(before, _)| *before).collect::<Vec<_>>())
    .bind(edges.iter().map(|(_, after)| *after).collect::<Vec<_>>())
    .execute(transaction)
    .await?;
    Ok(())
}

/// Ends a task whose workflow this program does not have.
///
/// # Errors
/// The database failed.
pub async fn fail_unknown(
    transaction: &mut Transaction,
    task: Uuid,
    workflow: &str,
) -> Result<Finalized, sqlx::Error> {
    sqlx::query("UPDATE tasker.tasks SET error = $2 WHERE id = $1")
        .bind(task)
        .bind(format!("no workflow has the name `{}`", Excerpt::of(workflow)))
        .execute(&mut *transaction)
        .await?;
    transitions::of_task(transaction, task, TaskState::Pending, &[TaskState::Error]).await?;
    Ok(Finalized { state: FinalState::Error })
}
