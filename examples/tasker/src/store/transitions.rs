use sqlx::Error;
use uuid::Uuid;

use super::Transaction;
use crate::workflow::{StepState, TaskState};

/// Moves a task through these states, of which the last one stays.
pub(super) async fn of_task(
    transaction: &mut Transaction,
    task: Uuid,
    from: TaskState,
    through: &[TaskState],
) -> Result<(), Error> {
    let Some(last) = through.last() else { return Ok(()) };
    let to: Vec<&str> = through.iter().map(|state| state.as_str()).collect();
    let from: Vec<&str> = [from.as_str()].into_iter().chain(to.iter().copied()).collect();
    sqlx::query(
        "WITH entered AS (
             INSERT INTO tasker.transitions (task_id, from_state, to_state)
             SELECT $1, from_state, to_state FROM unnest($2::text[], $3::text[])
                 AS passed (from_state, to_state))
         UPDATE tasker.tasks SET state = $4, ended_at = CASE WHEN $5 THEN now() END WHERE id = $1",
    )
    .bind(task)
    .bind(&from[..to.len()])
    .bind(&to)
    .bind(last.as_str())
    .bind(last.is_final())
    .execute(transaction)
    .await?;
    Ok(())
}

/// Notes that steps have gone from one state to another.
pub(super) async fn of_steps(
    transaction: &mut Transaction,
    task: Uuid,
    steps: &[(i64, StepState)],
    to: StepState,
) -> Result<(), Error> {
    let ids: Vec<i64> = steps.iter().map(|(step, _)| *step).collect();
    let from: Vec<&str> = steps.iter().map(|(_, from)| from.as_str()).collect();
    sqlx::query(
        "INSERT INTO tasker.transitions (task_id, step_id, from_state, to_state)
         SELECT $1, step, from_state, $4 FROM unnest($2::bigint[], $3::text[])
             AS passed (step, from_state)",
    )
    .bind(task)
    .bind(ids)
    .bind(from)
    .bind(to.as_str())
    .execute(transaction)
    .await?;
    Ok(())
}
