//! What the steps of a task say about the task.

use sqlx::Error;
use uuid::Uuid;

use super::{Transaction, transitions};
use crate::{
    metrics::{CorrelationId, FinalState},
    workflow::{StepState, TaskState},
};

/// A task that has just ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalized {
    /// How it ended.
    pub state: FinalState,
}

/// A task that nobody else changes until the transaction ends.
pub(super) struct LockedTask {
    pub(super) state: TaskState,
    pub(super) cancel_requested: bool,
    pub(super) namespace: String,
    pub(super) correlation_id: String,
}

/// Locks a task; `None` if there is none of this id.
pub(super) async fn lock(
    transaction: &mut Transaction,
    task: Uuid,
) -> Result<Option<LockedTask>, Error> {
    let found: Option<(String, bool, String, String)> = sqlx::query_as(
        "SELECT state, cancel_requested, namespace, correlation_id
         FROM tasker.tasks WHERE id = $1 FOR UPDATE",
    )
    .bind(task)
    .fetch_optional(transaction)
    .await?;
    Ok(found.and_then(|(state, cancel_requested, namespace, correlation_id)| {
        let state = TaskState::parse(&state)?;
        let correlation_id = CorrelationId::known(correlation_id);
        Some(LockedTask { state, cancel_requested, namespace, correlation_id })
    }))
}

/// The number of steps of a locked task in each state.
struct StepCounts(Vec<(StepState, i64)>);

impl StepCounts {
    async fn of(transaction: &mut Transaction, task: Uuid) -> Result<Self, Error> {
        let counts: Vec<(String, i64)> = sqlx::query_as(
            "SELECT state, count(*) FROM tasker.steps WHERE task_id = $1 GROUP BY state",
        )
        .bind(task)
        .fetch_all(transaction)
        .await?;
        // A worker of another version may have a step whose state is none of this one.
        let known = |state: &str| StepState::parse(state).unwrap_or(StepState::InProgress);
        Ok(Self(counts.into_iter().map(|(state, n)| (known(&state), n)).collect()))
    }

    fn has(&self, states: &[StepState]) -> bool {
        self.0.iter().any(|(state, number)| states.contains(state) && *number > 0)
    }

    /// The state of their task.
    fn task(&self, cancel_requested: bool) -> TaskState {
        use StepState::{Enqueued, Error, InProgress, Pending, WaitingForRetry};
        if self.has(&[InProgress, Enqueued]) {
            return if self.has(&[Error]) {
                TaskState::BlockedByFailures
            } else {
                TaskState::StepsInProcess
            };
        }
        if cancel_requested {
            TaskState::Cancelled
        } else if self.has(&[Error]) {
            TaskState::Error
        } else if self.has(&[WaitingForRetry]) {
            TaskState::WaitingForRetry
        } else if self.has(&[Pending]) {
            // A step that is ready is enqueued in the same transaction, so that there is none.
            TaskState::StepsInProcess
        } else {
            TaskState::Complete
        }
    }
}

/// Brings a locked task into the state that its steps say.
pub(super) async fn evaluate(
    transaction: &mut Transaction,
    task: Uuid,
    from: TaskState,
) -> Result<Option<Finalized>, Error> {
    let Some(locked) = lock(transaction, task).await? else { return Ok(None) };
    let state = StepCounts::of(transaction, task).await?.task(locked.cancel_requested);
    if state == from {
        return Ok(None);
    }
    transitions::of_task(transaction, task, from, &[TaskState::EvaluatingResults, state]).await?;
    if state == TaskState::Error {
        abandon_steps(transaction, task).await?;
    }
    let state = match state {
        TaskState::Complete => FinalState::Complete,
        TaskState::Error => FinalState::Error,
        TaskState::Cancelled => FinalState::Cancelled,
        _ => return Ok(None),
    };
    Ok(Some(Finalized { state }))
}

/// Ends the steps of a failed task that will never run.
async fn abandon_steps(transaction: &mut Transaction, task: Uuid) -> Result<(), Error> {
    let abandoned: Vec<(i64, String)> = sqlx::query_as(
        "WITH waiting AS (
             SELECT id, state FROM tasker.steps
             WHERE task_id = $1 AND state IN ('pending', 'waiting_for_retry'))
         UPDATE tasker.steps SET state = 'cancelled' FROM waiting WHERE steps.id = waiting.id
         RETURNING steps.id, waiting.state",
    )
    .bind(task)
    .fetch_all(&mut *transaction)
    .await?;
    let abandoned: Vec<_> = abandoned
        .into_iter()
        .filter_map(|(step, state)| Some((step, StepState::parse(&state)?)))
        .collect();
    transitions::of_steps(transaction, task, &abandoned, StepState::Cancelled).await
}

#[cfg(test)]
mod tests {
    use StepState::{
        Cancelled, Complete, Enqueued, Error, InProgress, Pending, Skipped, WaitingForRetry,
    };

    use super::*;

    fn task(steps: &[StepState], cancel_requested: bool) -> TaskState {
        StepCounts(steps.iter().map(|state| (*state, 1)).collect()).task(cancel_requested)
    }

    #[test]
    fn the_steps_say_the_state_of_their_task() {
        let table: &[(&[StepState], TaskState)] = &[
            (&[], TaskState::Complete),
            (&[Complete, Skipped], TaskState::Complete),
            (&[Complete, Enqueued, Pending], TaskState::StepsInProcess),
            (&[InProgress, WaitingForRetry], TaskState::StepsInProcess),
            (&[Complete, WaitingForRetry, Pending], TaskState::WaitingForRetry),
            (&[Error, InProgress], TaskState::BlockedByFailures),
            (&[Error, Pending], TaskState::Error),
            (&[Error, WaitingForRetry], TaskState::Error),
        ];
        for (steps, expected) in table {
            assert_eq!(task(steps, false), *expected, "{steps:?}");
        }
    }

    #[test]
    fn a_task_is_cancelled_when_no_worker_runs_a_step() {
        assert_eq!(task(&[Cancelled, InProgress], true), TaskState::StepsInProcess);
        assert_eq!(task(&[Cancelled, Complete], true), TaskState::Cancelled);
    }
}
