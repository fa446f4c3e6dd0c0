//! The end of a step, as the orchestration takes it.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::Error;

use super::{
    Transaction,
    evaluate::{self, Finalized},
    messages::StepResult,
    ready::{EnqueuedStep, enqueue_ready},
    transitions,
};
use crate::{metrics::ResultType, queues::WorkerQueues, workflow::StepState};

/// The wait before the second attempt of a step; doubled for each further one.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);

/// The longest wait before an attempt.
const LONGEST_BACKOFF: Duration = Duration::from_secs(60);

/// What a result has changed.
#[derive(Debug, Default)]
pub struct ProcessedResult {
    /// The steps that became ready.
    pub enqueued: Vec<EnqueuedStep>,
    /// The end of the task, if this was its last result, with the time that it took to find out and
    /// to write it.
    pub finalized: Option<(Finalized, Duration)>,
}

/// Takes the result of an attempt; `None` if it was taken before, or the attempt is not the current
/// one.
///
/// # Errors
/// The database failed.
pub async fn process(
    transaction: &mut Transaction,
    result: &StepResult,
    queues: &WorkerQueues,
) -> Result<Option<ProcessedResult>, sqlx::Error> {
    let Some(locked) = evaluate::lock(transaction, result.task).await? else { return Ok(None) };
    let Some(state) = end_attempt(transaction, result).await? else { return Ok(None) };
    let mut enqueued = Vec::new();
    let goes_on = matches!(state, StepState::Complete | StepState::Skipped);
    if goes_on && !locked.cancel_requested && !locked.state.is_final() {
        let queue = queues.of(&locked.namespace).await?;
        enqueued = enqueue_ready(transaction, result.task, &locked, &queue).await?;
    }
    let begun = Instant::now();
    let finalized = evaluate::evaluate(transaction, result.task, locked.state).await?;
    Ok(Some(ProcessedResult {
        enqueued,
        finalized: finalized.map(|finalized| (finalized, begun.elapsed())),
    }))
}

/// Writes the end of the current attempt, and returns the new state of the step.
async fn end_attempt(
    transaction: &mut Transaction,
    result: &StepResult,
) -> Result<Option<StepState>, Error> {
    let step: Option<(String, i32)> = sqlx::query_as(
        "SELECT state, max_attempts FROM tasker.steps
         WHERE id = $1 AND task_id = $2 AND attempt = $3 AND state IN ('enqueued', 'in_progress')
         FOR UPDATE",
    )
    .bind(result.step)
    .bind(result.task)
    .bind(result.attempt)
    .fetch_optional(&mut *transaction)
    .await?;
    let Some((from, max_attempts)) = step else { return Ok(None) };
    let Some(from) = StepState::parse(&from) else { return Ok(None) };
    let is_permanent = result.error.as_ref().is_some_and(|error| error.permanent);
    let to = match result.result_type {
        ResultType::Success => StepState::Complete,
        ResultType::Skipped => StepState::Skipped,
        ResultType::Cancelled => StepState::Cancelled,
        ResultType::Error | ResultType::Timeout
            if !is_permanent && result.attempt < max_attempts =>
        {
            StepState::WaitingForRetry
        }
        ResultType::Error | ResultType::Timeout => StepState::Error,
    };
    let wait = backoff(result.attempt);
    let error =
        result.error.as_ref().map(|error| json!({"class": error.class, "message": error.message}));
    sqlx::query(
        "UPDATE tasker.steps SET state = $2, output = $3, error = $4, lease_until = NULL,
             retry_at = CASE WHEN $2 = 'waiting_for_retry'
                 THEN now() + $5 * interval '1 second' END
         WHERE id = $1",
    )
    .bind(result.step)
    .bind(to.as_str())
    .bind(&result.output)
    .bind(error)
    .bind(wait.as_secs_f64())
    .execute(&mut *transaction)
    .await?;
    transitions::of_steps(transaction, result.task, &[(result.step, from)], to).await?;
    Ok(Some(to))
}

/// The wait after this attempt.
fn backoff(attempt: i32) -> Duration {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(16);
    FIRST_BACKOFF.saturating_mul(1 << doublings).min(LONGEST_BACKOFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits = [1, 2, 3, 10, 11, 40].map(|attempt| backoff(attempt).as_millis());
        assert_eq!(waits, [100, 200, 400, 51_200, 60_000, 60_000]);
    }
}
