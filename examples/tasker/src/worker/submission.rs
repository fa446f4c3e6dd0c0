//! Submits the results of steps to the orchestration.

use std::time::Instant;

use tracing::warn;

use super::Context;
use crate::{
    metrics::{StepErrorType, SubmissionLabels, SubmittedResult, WorkerMetrics},
    resilience::{Use, persist},
    store::StepResult,
};

/// Sends a result, and tries again while the database is away, as long as the step is this
/// worker's. Returns whether the result is sent.
pub(super) async fn submit(context: &Context, result: &StepResult) -> bool {
    let begun = Instant::now();
    let parts = &context.parts;
    let deadline = begun + context.visibility;
    let send = || parts.queues.results.send(result);
    let sending = persist(&parts.breakers, Use::SendResults, deadline, &context.abort, send);
    if let Err(error) = sending.await {
        warn!(%error, task = %result.task, "a result is lost; the step runs again");
        let failure = Some(StepErrorType::DatabaseError);
        super::execution::failed(context, &result.correlation_id, failure);
        return false;
    }
    let labels = SubmissionLabels {
        correlation_id: parts.correlations.label(&result.correlation_id),
        result_type: SubmittedResult::Completion,
    };
    let metrics = WorkerMetrics::global();
    metrics.results_submitted.with(labels.clone()).inc();
    metrics.submission.with(labels).record_duration(begun.elapsed());
    true
}
