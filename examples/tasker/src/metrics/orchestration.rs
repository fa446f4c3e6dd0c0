use osapi_metrics::{Counter, Histogram, LabelSet, LabelValue, MetricSet, ObservableGauge};

use super::{
    CORRELATION_WINDOW, CorrelationId, MILLISECONDS,
    labels::{Namespace, NamespaceLabels},
};
use crate::workflow::TaskState;

/// The labels of a request for a task.
#[derive(Clone, Debug, LabelSet)]
pub struct TaskLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// The name of the workflow.
    #[label(max = 20)]
    pub task_type: &'static str,
    /// The namespace of the workflow.
    #[label(max = 10)]
    pub namespace: &'static str,
}

/// The labels of the end of a task.
#[derive(Clone, Debug, LabelSet)]
pub struct CorrelationLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
}

/// The labels of the finalization of a task.
#[derive(Clone, Debug, LabelSet)]
pub struct FinalizationLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// The state in which the task ended.
    pub final_state: FinalState,
}

/// The state in which a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum FinalState {
    /// Every step ran or was skipped.
    Complete,
    /// A step failed for good.
    Error,
    /// Somebody cancelled the task.
    Cancelled,
}

/// The labels of the initialization of a task.
#[derive(Clone, Debug, LabelSet)]
pub struct TaskTypeLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// The name of the workflow.
    #[label(max = 20)]
    pub task_type: &'static str,
}

/// The labels of a step that is enqueued.
#[derive(Clone, Debug, LabelSet)]
pub struct NamedStepLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// The namespace of the workflow.
    #[label(max = 10)]
    pub namespace: Namespace,
    /// The name of the step.
    #[label(max = 50)]
    pub step_name: String,
}

/// The labels of a result.
#[derive(Clone, Debug, LabelSet)]
pub struct ResultLabels {
    /// The id of the request.
    #[label(recent = CORRELATION_WINDOW)]
    pub correlation_id: Option<CorrelationId>,
    /// How the execution of the step ended.
    pub result_type: ResultType,
}

/// How the execution of a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultType {
    /// The handler returned a value.
    Success,
    /// The handler returned an error.
    Error,
    /// The handler took longer than the step may.
    Timeout,
    /// The task was cancelled while the handler ran.
    Cancelled,
    /// The handler decided that there is nothing to do.
    Skipped,
}

/// The labels of the number of tasks in a state.
#[derive(Clone, Copy, Debug, LabelSet)]
pub struct StateLabels {
    /// The state.
    pub state: TaskState,
}

/// Tasks on their way from request to end.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", allow(non_base_units))]
pub struct OrchestrationMetrics {
    /// Total number of task creation requests received.
    #[metric(name = "tasker.tasks.requests.total", unit = "{request}", max_series = 100_200)]
    pub requests: Counter<TaskLabels>,
    /// Total number of tasks that completed successfully.
    #[metric(name = "tasker.tasks.completions.total", unit = "{task}")]
    pub completions: Counter<CorrelationLabels>,
    /// Total number of tasks that failed.
    #[metric(name = "tasker.tasks.failures.total", unit = "{task}")]
    pub failures: Counter<CorrelationLabels>,
    /// Total number of steps enqueued to worker queues.
    #[metric(name = "tasker.steps.enqueued.total", unit = "{step}", max_series = 250_500)]
    pub enqueued: Counter<NamedStepLabels>,
    /// Total number of step results processed from workers.
    #[metric(name = "tasker.step_results.processed.total", unit = "{result}", max_series = 2_505)]
    pub results_processed: Counter<ResultLabels>,
    /// Task initialization duration in milliseconds.
    #[metric(
        name = "tasker.task.initialization.duration",
        unit = "ms",
        buckets = MILLISECONDS,
        max_series = 10_020
    )]
    pub initialization: Histogram<TaskTypeLabels>,
    /// Task finalization duration in milliseconds.
    #[metric(name = "tasker.task.finalization.duration", unit = "ms", buckets = MILLISECONDS)]
    pub finalization: Histogram<FinalizationLabels>,
    /// Step result processing duration in milliseconds.
    #[metric(
        name = "tasker.step_result.processing.duration",
        unit = "ms",
        buckets = MILLISECONDS,
        max_series = 2_505
    )]
    pub result_processing: Histogram<ResultLabels>,
    /// Number of tasks currently being processed.
    #[metric(name = "tasker.tasks.active", unit = "{task}")]
    pub tasks_active: ObservableGauge<StateLabels, u64>,
    /// Number of steps ready for execution.
    #[metric(name = "tasker.steps.ready", unit = "{step}")]
    pub steps_ready: ObservableGauge<NamespaceLabels, u64>,
}

impl ResultType {
    /// Every type.
    pub const ALL: [Self; 5] =
        [Self::Success, Self::Error, Self::Timeout, Self::Cancelled, Self::Skipped];
}
