//! Who runs a step.

use std::{collections::BTreeMap, time::Duration};

use osapi_common::json;
use serde_json::Value;
use sqlx::Error;
use uuid::Uuid;

use super::{Database, messages::StepMessage};
use crate::workflow::Handler;

/// What has become of the wish to run a step.
#[derive(Debug)]
pub enum Claim {
    /// The step is this worker's until its lease ends.
    Claimed(Box<ClaimedStep>),
    /// Another worker holds the step.
    Held,
    /// The attempt has ended, or its task was cancelled: its message is not needed any more.
    Over,
    /// No step has this id.
    NotFound,
}

/// A step that a worker is to run.
#[derive(Debug)]
pub struct ClaimedStep {
    /// The message that names it.
    pub message: StepMessage,
    /// The name in the workflow.
    pub name: String,
    /// What it does, if this program can do it.
    pub handler: Result<Handler, Unusable>,
    /// The longest time that it may take.
    pub timeout: Duration,
    /// The context of the task.
    pub context: Value,
    /// The results of the steps before it, by name.
    pub before: BTreeMap<String, Value>,
}

/// Why a step cannot be run.
#[derive(Debug)]
pub enum Unusable {
    /// This program has no handler of this name.
    Handler(String),
    /// The context of the task, or the result of a step before, is JSON of PostgreSQL that cannot
    /// be read here, such as a number that is too large.
    Input(serde_json::Error),
}

type Row = (String, String, i64, String, Option<String>);

/// Claims the step that a message names, for as long as the message is invisible to others.
///
/// # Errors
/// The database failed.
pub async fn claim(
    database: &Database,
    message: StepMessage,
    worker: &str,
    lease: Duration,
) -> Result<Claim, Error> {
    let claimed: Option<Row> = sqlx::query_as(
        "WITH found AS (
             SELECT id, state FROM tasker.steps WHERE id = $1 AND attempt = $2
             AND (state = 'enqueued' OR state = 'in_progress' AND lease_until < now())
             FOR UPDATE),
         claimed AS (
             UPDATE tasker.steps SET state = 'in_progress', worker = $3,
                 lease_until = now() + $4 * interval '1 second'
             FROM found WHERE steps.id = found.id
             RETURNING steps.id, task_id, name, handler, timeout_millis,
                 found.state AS from_state),
         noted AS (
             INSERT INTO tasker.transitions (task_id, step_id, from_state, to_state)
             SELECT task_id, id, from_state, 'in_progress' FROM claimed)
         SELECT claimed.name, handler, timeout_millis, context::text,
             (SELECT jsonb_object_agg(before.name, before.output)::text
              FROM tasker.edges JOIN tasker.steps AS before ON before.id = from_step
              WHERE to_step = claimed.id)
         FROM claimed JOIN tasker.tasks ON tasks.id = task_id",
    )
    .bind(message.step)
    .bind(message.attempt)
    .bind(worker)
    .bind(lease.as_secs_f64())
    .fetch_optional(database)
    .await?;
    if let Some((name, handler, timeout, context, before)) = claimed {
        let before = before.as_deref().map(|before| json::read(before.as_bytes())).transpose();
        let input = json::read(context.as_bytes()).and_then(|context| Ok((context, before?)));
        let handler = Handler::parse(&handler).ok_or(Unusable::Handler(handler));
        let ((context, before), handler) = match input {
            Ok(input) => (input, handler),
            Err(error) => ((Value::Null, None), Err(Unusable::Input(error))),
        };
        return Ok(Claim::Claimed(Box::new(ClaimedStep {
            message,
            name,
            handler,
            timeout: Duration::from_millis(timeout.unsigned_abs()),
            context,
            before: before.unwrap_or_default(),
        })));
    }
    let step: Option<(bool,)> = sqlx::query_as(
        "SELECT attempt = $2 AND state = 'in_progress' FROM tasker.steps WHERE id = $1",
    )
    .bind(message.step)
    .bind(message.attempt)
    .fetch_optional(database)
    .await?;
    Ok(match step {
        None => Claim::NotFound,
        Some((true,)) => Claim::Held,
        Some((false,)) => Claim::Over,
    })
}

/// Extends the leases of the steps that a worker runs, and returns those whose task is to be
/// cancelled.
///
/// # Errors
/// The database failed.
pub async fn extend_leases(
    database: &Database,
    steps: &[i64],
    worker: &str,
    lease: Duration,
) -> Result<Vec<(i64, Uuid)>, Error> {
    sqlx::query_as(
        "WITH extended AS (
             UPDATE tasker.steps SET lease_until = now() + $3 * interval '1 second'
             WHERE id = ANY($1) AND worker = $2 AND state = 'in_progress'
             RETURNING id, task_id)
         SELECT extended.id, task_id FROM extended JOIN tasker.tasks ON tasks.id = task_id
         WHERE cancel_requested",
    )
    .bind(steps)
    .bind(worker)
    .bind(lease.as_secs_f64())
    .fetch_all(database)
    .await
}
