use sqlx::Error;

use super::Database;
use crate::workflow::TaskState;

/// The numbers that gauges show.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// The tasks that are not over, in each of their states.
    pub tasks: Vec<(TaskState, u64)>,
    /// The steps that are ready and not enqueued, by namespace.
    pub ready: Vec<(String, u64)>,
}

/// Counts tasks and steps in the tables.
///
/// # Errors
/// The database failed.
pub async fn counts(database: &Database) -> Result<Counts, Error> {
    let tasks: Vec<(String, i64)> = sqlx::query_as(
        "SELECT state, count(*) FROM tasker.tasks
         WHERE state NOT IN ('complete', 'error', 'cancelled') GROUP BY state",
    )
    .fetch_all(database)
    .await?;
    let ready = sqlx::query_as::<_, (String, i64)>(
        "SELECT steps.namespace, count(*) FROM tasker.steps JOIN tasker.tasks ON tasks.id = task_id
         WHERE NOT cancel_requested AND tasks.state NOT IN ('blocked_by_failures', 'error')
         AND (steps.state = 'waiting_for_retry' AND retry_at <= now()
              OR steps.state = 'pending' AND NOT EXISTS (
                  SELECT FROM tasker.edges JOIN tasker.steps AS before ON before.id = from_step
                  WHERE to_step = steps.id AND before.state NOT IN ('complete', 'skipped')))
         GROUP BY steps.namespace",
    )
    .fetch_all(database)
    .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    let of_state = |state: TaskState| {
        tasks.iter().find(|(name, _)| name == state.as_str()).map_or(0, |(_, count)| number(*count))
    };
    let open = TaskState::ALL.iter().copied().filter(|state| !state.is_final());
    Ok(Counts {
        tasks: open.map(|state| (state, of_state(state))).collect(),
        ready: ready.into_iter().map(|(namespace, count)| (namespace, number(count))).collect(),
    })
}
