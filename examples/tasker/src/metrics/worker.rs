use osapi_metrics::{
    Counter, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, UpDownCounter,
    labels::{LabelRef, OpenLabelValue},
};

use super::{CORRELATION_WINDOW, CorrelationId, MILLISECONDS, labels::Namespace};

/// Labels that the execution of a step has from its start.
#[derive(Clone, Debug, LabelSet)]
pub struct StepLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// The namespace of the workflow.
    #[label(max = 10)]
    pub namespace: Namespace,
    /// What runs the step.
    pub handler_type: HandlerType,
}

/// The labels of an execution that begins.
#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub struct ExecutionLabels {
    #[label(recent = CORRELATION_WINDOW)]
    correlation_id: Option<CorrelationId>,
}

/// The labels of an execution that succeeded.
#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub struct SuccessLabels {
    #[label(recent = CORRELATION_WINDOW)]
    correlation_id: Option<CorrelationId>,
    #[label(max = 10)]
    namespace: Namespace,
}

/// The labels of a step that failed.
#[derive(Clone, Debug, LabelSet)]
pub struct FailureLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// The namespace of the workflow.
    #[label(max = 10)]
    pub namespace: Namespace,
    /// What failed around the handler; absent where the handler itself failed, which is one more
    /// value.
    #[label(max = 5)]
    pub error_type: Option<StepErrorType>,
}

/// What can fail around the handler of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepErrorType {
    /// Another worker holds the step.
    ClaimFailed,
    /// The database could not be used.
    DatabaseError,
    /// The message names a step that is not in the database.
    StepNotFound,
    /// The step ran, and its message could not be deleted.
    MessageDeletionFailed,
}

impl OpenLabelValue for StepErrorType {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(match self {
            Self::ClaimFailed => "claim_failed",
            Self::DatabaseError => "database_error",
            Self::StepNotFound => "step_not_found",
            Self::MessageDeletionFailed => "message_deletion_failed",
        })
    }
}

/// The labels of an execution that ended.
#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub struct ExecutionResultLabels {
    #[label(recent = CORRELATION_WINDOW)]
    correlation_id: Option<CorrelationId>,
    #[label(max = 10)]
    namespace: Namespace,
    #[label(job = status)]
    result: ExecutionResult,
}

/// How an execution ended.
#[derive(Clone, Copy, Debug, LabelValue)]
pub enum ExecutionResult {
    /// The handler returned a value.
    Success,
    /// The handler failed, took too long, or was interrupted.
    Error,
}

impl From<JobStatus> for ExecutionResult {
    fn from(status: JobStatus) -> Self {
        if status == JobStatus::Completed { Self::Success } else { Self::Error }
    }
}

/// The labels of the executions that go on.
#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = StepLabels))]
pub struct HandlerLabels {
    #[label(max = 10)]
    namespace: Namespace,
    handler_type: HandlerType,
}

/// What runs a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum HandlerType {
    /// A function of this program.
    Rust,
    /// An external program behind the handler thread.
    Ruby,
}

/// The labels of a claim.
#[derive(Clone, Debug, LabelSet)]
pub struct ClaimLabels {
    /// The namespace of the worker.
    #[label(max = 10)]
    pub namespace: Namespace,
    /// What made the worker look.
    pub claim_method: ClaimMethod,
    /// The id of the request: in exemplars, also where no series has it.
    #[label(exemplar)]
    pub correlation_id: CorrelationId,
}

/// What made a worker look into its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum ClaimMethod {
    /// A notification of the database.
    Event,
    /// The fallback that looks at intervals.
    Poll,
}

/// The labels of a result on its way to the orchestration.
#[derive(Clone, Debug, LabelSet)]
pub struct SubmissionLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// What is submitted.
    pub result_type: SubmittedResult,
}

/// What a worker submits.
#[derive(Clone, Copy, Debug, LabelValue)]
pub enum SubmittedResult {
    /// The end of an execution.
    Completion,
}

/// Steps in the workers.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", job(labels = StepLabels), allow(non_base_units))]
pub struct WorkerMetrics {
    /// Total number of step executions attempted.
    #[metric(name = "tasker.steps.executions.total", unit = "{step}", on = started)]
    pub(crate) executions: Counter<ExecutionLabels>,
    /// Total number of step executions that completed successfully.
    #[metric(
        name = "tasker.steps.successes.total",
        unit = "{step}",
        on = completed,
        max_series = 5_010
    )]
    pub(crate) successes: Counter<SuccessLabels>,
    /// Total number of step executions that failed.
    #[metric(name = "tasker.steps.failures.total", unit = "{step}", max_series = 30_060)]
    pub failures: Counter<FailureLabels>,
    /// Total number of steps claimed from queues.
    #[metric(name = "tasker.steps.claimed.total", unit = "{step}")]
    pub claimed: Counter<ClaimLabels>,
    /// Total number of step results submitted to orchestration.
    #[metric(name = "tasker.steps.results_submitted.total", unit = "{result}")]
    pub results_submitted: Counter<SubmissionLabels>,
    /// Step execution duration in milliseconds.
    #[metric(
        name = "tasker.step.execution.duration",
        unit = "ms",
        on = duration,
        buckets = MILLISECONDS,
        max_series = 10_020
    )]
    pub(crate) execution: Histogram<ExecutionResultLabels>,
    /// Step claiming duration in milliseconds.
    #[metric(name = "tasker.step.claim.duration", unit = "ms", buckets = MILLISECONDS)]
    pub claim: Histogram<ClaimLabels>,
    /// Step result submission duration in milliseconds.
    #[metric(name = "tasker.step_result.submission.duration", unit = "ms", buckets = MILLISECONDS)]
    pub submission: Histogram<SubmissionLabels>,
    /// Number of steps currently being executed.
    #[metric(name = "tasker.steps.active_executions", unit = "{step}", on = active)]
    pub(crate) active_executions: UpDownCounter<HandlerLabels>,
    /// Step executions that count for the objective of the executions.
    #[metric(name = "tasker.steps.slo_valid.total", unit = "{step}", on = slo_valid)]
    slo_valid: Counter,
    /// Step executions that met the objective of the executions: they succeeded in time.
    #[metric(name = "tasker.steps.slo_good.total", unit = "{step}", on = slo_good)]
    slo_good: Counter,
}
