//! One attempt at a job.

use std::{any::Any, panic::AssertUnwindSafe, time::SystemTime};

use futures_util::FutureExt;
use osapi_metrics::instrumented_job;
use tokio::time::timeout;

use super::Context;
use crate::{
    connectors::{ConnectorError, Progress},
    job::{JobOutput, JobRecord},
    metrics::{ApplicationMetrics, JobLabels},
};

/// An attempt at a job.
pub(super) struct Attempt<'a> {
    pub(super) context: &'a Context,
    pub(super) record: &'a JobRecord,
    pub(super) progress: Progress,
}

impl Attempt<'_> {
    /// Runs the attempt, as a job of [`ApplicationMetrics`] if jobs are recorded.
    pub(super) async fn run(&self) -> Result<JobOutput, ConnectorError> {
        if self.context.options.job_metrics { run_attempt(self).await } else { self.work().await }
    }

    /// Does the work, within the job's time-out. A panic ends the job, not the worker.
    async fn work(&self) -> Result<JobOutput, ConnectorError> {
        let request = &self.record.request;
        let limit = request.timeout;
        let connectors = &self.context.connectors;
        let work = connectors.run(&request.payload, self.record.attempts, &self.progress);
        match timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(ConnectorError::Panicked { message: panic_message(&*panic) }),
            Err(_) => Err(ConnectorError::DeadlineExceeded { limit }),
        }
    }

    fn labels(&self) -> JobLabels {
        JobLabels {
            service: self.record.request.service(),
            priority: self.record.request.priority,
            worker_id: self.context.id.clone(),
        }
    }

    /// Since when the job waits. What a job that is tried again has waited is not its time in the
    /// queue.
    fn queued_at(&self) -> Option<SystemTime> {
        (self.record.attempts <= 1).then_some(self.record.created_at)
    }
}

/// An attempt whose start, end and duration are recorded.
#[instrumented_job(
    metrics = ApplicationMetrics,
    labels = attempt.labels(),
    queued_at = attempt.queued_at(),
    output_size = |output: &JobOutput| output.bytes,
    error_name = |error: &ConnectorError| error.reason().name(),
    slo(latency = "30s", target = 0.99, min_events = 20),
)]
async fn run_attempt(attempt: &Attempt<'_>) -> Result<JobOutput, ConnectorError> {
    attempt.work().await
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    if let Some(message) = panic.downcast_ref::<&str>() {
        (*message).to_owned()
    } else if let Some(message) = panic.downcast_ref::<String>() {
        message.clone()
    } else {
        "without a message".to_owned()
    }
}
