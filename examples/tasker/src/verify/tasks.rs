//! The tasks that are run to be counted.

use std::{
    fmt,
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::error::VerifyError;
use crate::{
    client::{ClientError, NewTask, Receipt, TaskerClient},
    metrics::ResultType,
    workflow::TaskState,
};

use ResultType::{Error, Skipped, Success, Timeout};

/// A task to run, and what it does.
#[derive(Debug, PartialEq)]
pub(super) struct SampleTask {
    pub(super) workflow: &'static str,
    /// The context, in JSON.
    context: &'static str,
    /// How the executions of its steps end.
    pub(super) results: &'static [ResultType],
    /// How the task ends.
    pub(super) state: TaskState,
    /// Whether the request belongs to a trace.
    is_traced: bool,
}

/// The tasks. The first one is followed from its request to its end. Together they make a step
/// fail, time out, run again and be skipped, and run both types of handlers.
pub(super) const TASKS: [SampleTask; 8] = [
    task("math.diamond", r#"{"number": 3}"#, &[Success; 4], true),
    task("math.tree", r#"{"number": 2}"#, &[Success; 8], false),
    // A file that every machine has.
    task("files.digest", r#"{"path": "/etc/hosts"}"#, &[Success; 2], false),
    task("files.rows", r#"{"rows": 10}"#, &[Success; 2], false),
    task("faults.retry", r#"{"failures": 1}"#, &[Error, Success], false),
    task("faults.skip", r#"{"skip": true}"#, &[Skipped, Success], false),
    failing("faults.fail", "{}", &[Error]),
    failing("faults.timeout", r#"{"millis": 60000}"#, &[Timeout]),
];

const fn task(
    workflow: &'static str,
    context: &'static str,
    results: &'static [ResultType],
    is_traced: bool,
) -> SampleTask {
    SampleTask { workflow, context, results, state: TaskState::Complete, is_traced }
}

const fn failing(
    workflow: &'static str,
    context: &'static str,
    results: &'static [ResultType],
) -> SampleTask {
    SampleTask { workflow, context, results, state: TaskState::Error, is_traced: false }
}

impl SampleTask {
    /// The number of executions that end so.
    pub(super) fn ends(&self, ends: &[ResultType]) -> u64 {
        self.results.iter().filter(|result| ends.contains(result)).count() as u64
    }
}

/// What has become of a sample task.
#[derive(Clone, Debug)]
pub(super) struct SubmittedTask {
    pub(super) sample: &'static SampleTask,
    /// The trace of the request.
    pub(super) trace: Option<String>,
    /// The answer of the API, or why it refused the task.
    pub(super) receipt: Result<Receipt, String>,
    /// The state in which the task ended, or why it did not.
    pub(super) ended: Result<String, String>,
}

/// Submits the tasks and waits for their end, for at most `limit`.
pub(super) async fn run(
    client: &TaskerClient,
    limit: Duration,
) -> Result<Vec<SubmittedTask>, VerifyError> {
    let mut tasks = Vec::new();
    for sample in &TASKS {
        tasks.push(submit(client, sample).await?);
    }
    let begun = Instant::now();
    for task in &mut tasks {
        let Ok(receipt) = &task.receipt else { continue };
        let left = limit.saturating_sub(begun.elapsed());
        task.ended = match client.ended(&receipt.id, left).await {
            Ok(record) => Ok(record.state),
            Err(error) => Err(refusal(error)?),
        };
    }
    Ok(tasks)
}

async fn submit(
    client: &TaskerClient,
    sample: &'static SampleTask,
) -> Result<SubmittedTask, VerifyError> {
    let trace = sample.is_traced.then(|| Uuid::now_v7().simple().to_string());
    let request = NewTask {
        workflow: sample.workflow,
        context: serde_json::from_str(sample.context).unwrap_or_default(),
        trace: trace.as_deref(),
    };
    let receipt = match client.submit_as(request).await {
        Ok(receipt) => Ok(receipt),
        Err(error) => Err(refusal(error)?),
    };
    let ended = Err("it was not accepted".to_owned());
    Ok(SubmittedTask { sample, trace, receipt, ended })
}

/// What a tasker that answers has against a task.
fn refusal(error: ClientError) -> Result<String, ClientError> {
    match error {
        ClientError::Address { .. }
        | ClientError::NoAnswer { .. }
        | ClientError::Foreign { .. } => Err(error),
        ClientError::Refused { .. } | ClientError::NotOver { .. } => Ok(error.to_string()),
    }
}

impl fmt::Display for SubmittedTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workflow = self.sample.workflow;
        match &self.receipt {
            Ok(receipt) => write!(f, "{workflow} with correlation_id={}", receipt.correlation_id),
            Err(refused) => write!(f, "{workflow} was refused: {refused}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::find;

    #[test]
    fn the_tasks_are_of_workflows_with_contexts_that_fit() {
        for sample in &TASKS {
            let workflow = find(sample.workflow).expect(sample.workflow);
            let context = serde_json::from_str(sample.context).expect("JSON");
            assert_eq!(workflow.check_context(&context), Ok(()));
            let over = sample.ends(&[Success, Skipped]);
            if sample.state == TaskState::Complete {
                assert_eq!(over, workflow.steps.len() as u64, "{}", sample.workflow);
            } else {
                assert!(over < workflow.steps.len() as u64, "{}", sample.workflow);
            }
        }
    }
}
