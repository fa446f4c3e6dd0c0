use osapi_metrics::{Counter, Gauge, Histogram, JobStatus, LabelSet, LabelValue, MetricSet};

use super::{Correlation, MILLISECONDS, Namespace};

/// Labels that a task has from its start.
#[derive(Clone, Debug, LabelSet)]
pub(crate) struct TaskLabels {
    #[label(max = 200)]
    pub(crate) correlation_id: String,
    #[label(max = 10)]
    pub(crate) task_type: String,
    #[label(max = 10)]
    pub(crate) namespace: String,
}

#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = TaskLabels))]
pub(crate) struct EndedTaskLabels {
    #[label(max = 200)]
    correlation_id: String,
}

#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = TaskLabels))]
pub(crate) struct FinalizationLabels {
    #[label(max = 200)]
    correlation_id: String,
    #[label(job = status)]
    final_state: FinalState,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum FinalState {
    Complete,
    Error,
    Cancelled,
}

impl From<JobStatus> for FinalState {
    fn from(status: JobStatus) -> Self {
        match status {
            JobStatus::Completed => Self::Complete,
            JobStatus::Cancelled => Self::Cancelled,
            JobStatus::Failed | JobStatus::TimedOut | JobStatus::Panicked => Self::Error,
        }
    }
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct TaskTypeLabels {
    #[label(flatten)]
    correlation: Correlation,
    #[label(max = 10)]
    task_type: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct NamedStepLabels {
    #[label(flatten)]
    correlation: Correlation,
    #[label(flatten)]
    namespace: Namespace,
    #[label(max = 5)]
    step_name: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct ResultLabels {
    #[label(flatten)]
    correlation: Correlation,
    result_type: ResultType,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum ResultType {
    Success,
    Error,
    Timeout,
    Cancelled,
    Skipped,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct StateLabels {
    #[label(max = 20)]
    state: String,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", job(labels = TaskLabels), allow(non_base_units))]
pub(crate) struct OrchestrationMetrics {
    /// Total number of task creation requests received.
    #[metric(
        name = "tasker.tasks.requests.total",
        unit = "{request}",
        on = created,
        max_series = 20_000,
    )]
    requests: Counter<TaskLabels>,
    /// Total number of tasks that completed successfully.
    #[metric(name = "tasker.tasks.completions.total", unit = "{task}", on = completed)]
    completions: Counter<EndedTaskLabels>,
    /// Total number of tasks that failed.
    #[metric(
        name = "tasker.tasks.failures.total",
        unit = "{task}",
        on = [failed, timed_out, panicked],
    )]
    failures: Counter<EndedTaskLabels>,
    /// Total number of steps enqueued to worker queues.
    #[metric(name = "tasker.steps.enqueued.total", unit = "{step}", max_series = 10_000)]
    enqueued: Counter<NamedStepLabels>,
    /// Total number of step results processed from workers.
    #[metric(name = "tasker.step_results.processed.total", unit = "{result}")]
    results_processed: Counter<ResultLabels>,
    /// Task initialization duration in milliseconds.
    #[metric(name = "tasker.task.initialization.duration", unit = "ms", buckets = MILLISECONDS)]
    initialization: Histogram<TaskTypeLabels>,
    /// Task finalization duration in milliseconds.
    #[metric(
        name = "tasker.task.finalization.duration",
        unit = "ms",
        on = duration,
        buckets = MILLISECONDS,
    )]
    finalization: Histogram<FinalizationLabels>,
    /// Step result processing duration in milliseconds.
    #[metric(name = "tasker.step_result.processing.duration", unit = "ms", buckets = MILLISECONDS)]
    result_processing: Histogram<ResultLabels>,
    /// Number of tasks currently being processed.
    #[metric(name = "tasker.tasks.active", unit = "{task}")]
    tasks_active: Gauge<StateLabels, u64>,
    /// Number of steps ready for execution.
    #[metric(name = "tasker.steps.ready", unit = "{step}")]
    steps_ready: Gauge<Namespace, u64>,
}
