//! Runs a claimed step, and submits how it ended.

use std::sync::Arc;

use humantime::format_duration;
use osapi_metrics::{ErrorType, instrumented_job};
use osapi_metrics_rules::excerpt::Excerpt;
use serde_json::Value;
use tokio::time::timeout;
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use super::{
    Context,
    foreign::CompletionPlace,
    handlers::{self, HandlerError, Output},
    submission,
};
use crate::{
    metrics::{FailureLabels, HandlerType, ResultType, StepErrorType, StepLabels, WorkerMetrics},
    store::{ClaimedStep, StepFailure, StepResult, Unusable},
    workflow::Handler,
};

/// Why an execution did not return a value.
#[derive(Debug, ErrorType, thiserror::Error)]
pub(super) enum StepError {
    #[error(transparent)]
    #[error_type(transparent)]
    Handler(#[from] HandlerError),
    #[error("the step took longer than {}", format_duration(*.limit))]
    #[error_type(timeout)]
    TimedOut { limit: std::time::Duration },
    #[error("this program has no handler `{}`", Excerpt::of(.name))]
    NoHandler { name: String },
    #[error("the handler panicked")]
    Panicked,
    #[error("the step was begun {times} times without an end")]
    GivenUp { times: u32 },
}

/// Runs a step and submits its result. Returns whether its message is not needed any more.
pub(super) async fn run(context: &Context, message: i64, claimed: Box<ClaimedStep>) -> bool {
    let entry = context.running.enter(claimed.message.step, message);
    let claimed = Arc::<ClaimedStep>::from(claimed);
    // A task of its own, so that a panic ends the step and nothing else.
    let mut execution = AbortOnDropHandle::new(tokio::spawn({
        let (context, claimed) = (context.clone(), Arc::clone(&claimed));
        async move { execute(&context, &claimed).await }
    }));
    let ended = tokio::select! {
        ended = &mut execution => Some(ended.unwrap_or(Err(StepError::Panicked))),
        () = entry.cancelled.cancelled() => None,
        // Another worker takes the step when the lease ends.
        () = context.abort.cancelled() => return false,
    };
    drop(execution);
    let (result, place) = result(context, &claimed, ended);
    // The lease goes on until the result is submitted, and a completion has its place until then.
    let submitted = submission::submit(context, &result).await;
    drop((entry, place));
    submitted
}

/// Submits that a step is not run again: every worker that began it has ended before the step did.
pub(super) async fn give_up(
    context: &Context,
    message: i64,
    claimed: &ClaimedStep,
    times: u32,
) -> bool {
    let entry = context.running.enter(claimed.message.step, message);
    let (result, _) = result(context, claimed, Some(Err(StepError::GivenUp { times })));
    let submitted = submission::submit(context, &result).await;
    drop(entry);
    submitted
}

/// One execution: a job of [`WorkerMetrics`]. Its success and its duration are those of the work.
#[instrumented_job(
    metrics = WorkerMetrics,
    labels = StepLabels {
        correlation_id: context.parts.correlations.label(&claimed.message.correlation_id),
        namespace: context.namespace.clone(),
        handler_type: handler_type(claimed),
    },
    slo(latency = "5s", target = 0.99, min_events = 20),
)]
async fn execute(context: &Context, claimed: &ClaimedStep) -> Result<Output, StepError> {
    let handler = match &claimed.handler {
        Ok(handler) => *handler,
        Err(Unusable::Handler(name)) => return Err(StepError::NoHandler { name: name.clone() }),
        Err(Unusable::Input(error)) => {
            return Err(HandlerError::Context { key: "context", problem: error.to_string() }.into());
        }
    };
    let limit = claimed.timeout;
    let working = handlers::run(handler, claimed, &context.parts);
    Ok(timeout(limit, working).await.map_err(|_| StepError::TimedOut { limit })??)
}

fn handler_type(claimed: &ClaimedStep) -> HandlerType {
    claimed.handler.as_ref().map_or(HandlerType::Rust, |handler| Handler::handler_type(*handler))
}

/// The result of an execution, with the place of its completion; `None` stands for one that was
/// cancelled.
fn result(
    context: &Context,
    claimed: &ClaimedStep,
    ended: Option<Result<Output, StepError>>,
) -> (StepResult, Option<CompletionPlace>) {
    let message = &claimed.message;
    let mut place = None;
    let (result_type, output, error) = match ended {
        None => (ResultType::Cancelled, Value::Null, None),
        Some(Ok(Output::Value(value))) => (ResultType::Success, value, None),
        Some(Ok(Output::Foreign(value, of_completion))) => {
            place = Some(of_completion);
            (ResultType::Success, value, None)
        }
        Some(Ok(Output::Skipped)) => (ResultType::Skipped, Value::Null, None),
        Some(Err(error)) => {
            let of_database = matches!(&error, StepError::Handler(HandlerError::Database(_)));
            let error_type = of_database.then_some(StepErrorType::DatabaseError);
            failed(context, &message.correlation_id, error_type);
            info!(%error, task = %message.task, step = claimed.name, "the step has failed");
            let timed_out = matches!(error, StepError::TimedOut { .. });
            let result_type = if timed_out { ResultType::Timeout } else { ResultType::Error };
            (result_type, Value::Null, Some(failure(&error)))
        }
    };
    let result = StepResult {
        task: message.task,
        step: message.step,
        attempt: message.attempt,
        correlation_id: message.correlation_id.clone(),
        result_type,
        output,
        error,
    };
    (result, place)
}

fn failure(error: &StepError) -> StepFailure {
    let permanent = match error {
        StepError::Handler(error) => error.is_permanent(),
        StepError::TimedOut { .. } => false,
        StepError::NoHandler { .. } | StepError::Panicked | StepError::GivenUp { .. } => true,
    };
    StepFailure { class: error.error_type().to_owned(), message: error.to_string(), permanent }
}

/// Counts a failure of a step, or around it.
pub(super) fn failed(context: &Context, correlation_id: &str, error_type: Option<StepErrorType>) {
    if let Some(error_type) = error_type {
        warn!(correlation_id, ?error_type, "a step has failed outside of its handler");
    }
    let labels = FailureLabels {
        correlation_id: context.parts.correlations.label(correlation_id),
        namespace: context.namespace.clone(),
        error_type,
    };
    WorkerMetrics::global().failures.with(labels).inc();
}
