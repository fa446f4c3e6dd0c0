use osapi_metrics::{
    Counter, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, UpDownCounter,
};

use super::{Correlation, MILLISECONDS, Namespace};

/// Labels that a step has from its start.
#[derive(Clone, Debug, LabelSet)]
pub(crate) struct StepLabels {
    #[label(max = 200)]
    pub(crate) correlation_id: String,
    #[label(max = 10)]
    pub(crate) namespace: String,
    pub(crate) handler_type: HandlerType,
}

#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub(crate) struct ExecutionLabels {
    #[label(max = 200)]
    correlation_id: String,
}

#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub(crate) struct SuccessLabels {
    #[label(max = 200)]
    correlation_id: String,
    #[label(max = 10)]
    namespace: String,
}

#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub(crate) struct FailureLabels {
    #[label(max = 200)]
    correlation_id: String,
    #[label(max = 10)]
    namespace: String,
    #[label(job = error_type)]
    error_type: StepErrorType,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum StepErrorType {
    ClaimFailed,
    /// The class of any other error.
    #[label(other)]
    DatabaseError,
    StepNotFound,
    MessageDeletionFailed,
}

#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub(crate) struct ResultOfExecutionLabels {
    #[label(max = 200)]
    correlation_id: String,
    #[label(max = 10)]
    namespace: String,
    #[label(job = status)]
    result: ExecutionResult,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum ExecutionResult {
    Success,
    Error,
}

impl From<JobStatus> for ExecutionResult {
    fn from(status: JobStatus) -> Self {
        if status == JobStatus::Completed { Self::Success } else { Self::Error }
    }
}

#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub(crate) struct HandlerLabels {
    #[label(max = 10)]
    namespace: String,
    handler_type: HandlerType,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum HandlerType {
    Rust,
    Ruby,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct ClaimLabels {
    #[label(flatten)]
    namespace: Namespace,
    claim_method: ClaimMethod,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum ClaimMethod {
    Event,
    Poll,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct SubmissionLabels {
    #[label(flatten)]
    correlation: Correlation,
    result_type: SubmittedResult,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum SubmittedResult {
    Completion,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels), allow(non_base_units))]
pub(crate) struct WorkerMetrics {
    /// Total number of step executions attempted.
    #[metric(name = "tasker.steps.executions.total", unit = "{step}", on = started)]
    executions: Counter<ExecutionLabels>,
    /// Total number of step executions that completed successfully.
    #[metric(name = "tasker.steps.successes.total", unit = "{step}", on = completed)]
    successes: Counter<SuccessLabels>,
    /// Total number of step executions that failed.
    #[metric(
        name = "tasker.steps.failures.total",
        unit = "{step}",
        on = [failed, timed_out],
        max_series = 8_000,
    )]
    failures: Counter<FailureLabels>,
    /// Total number of steps claimed from queues.
    #[metric(name = "tasker.steps.claimed.total", unit = "{step}")]
    claimed: Counter<ClaimLabels>,
    /// Total number of step results submitted to orchestration.
    #[metric(name = "tasker.steps.results_submitted.total", unit = "{result}")]
    results_submitted: Counter<SubmissionLabels>,
    /// Step execution duration in milliseconds.
    #[metric(
        name = "tasker.step.execution.duration",
        unit = "ms",
        on = duration,
        buckets = MILLISECONDS,
        max_series = 4_000
    )]
    execution: Histogram<ResultOfExecutionLabels>,
    /// Step claiming duration in milliseconds.
    #[metric(name = "tasker.step.claim.duration", unit = "ms", buckets = MILLISECONDS)]
    claim: Histogram<ClaimLabels>,
    /// Step result submission duration in milliseconds.
    #[metric(name = "tasker.step_result.submission.duration", unit = "ms", buckets = MILLISECONDS)]
    submission: Histogram<SubmissionLabels>,
    /// Number of steps currently being executed.
    #[metric(name = "tasker.steps.active_executions", unit = "{step}", on = active)]
    active_executions: UpDownCounter<HandlerLabels>,
}
