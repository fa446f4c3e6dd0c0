use osapi_metrics::{Counter, LabelSet, MetricSet, ObservableGauge};

use super::{
    labels::{ServiceLabels, WorkerId},
    limits::MAX_WORKERS,
};

/// What the jobs cost and bring in. Counted when the queue has stored the end of an attempt, so
/// that a job which two workers have run is billed once.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `job_billable_operations_total` | `service` | units of work of the jobs that completed: [`JobOutput::billable_operations`](crate::job::JobOutput) |
/// | `job_cost_usd_total` | `service` | what clients pay for them, in US dollars |
/// | `job_retries_total` | `service` | attempts that failed and whose job is tried again |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "")]
pub struct BusinessMetrics {
    /// Units of work that clients pay for.
    #[metric(unit = "{operation}")]
    pub job_billable_operations_total: Counter<ServiceLabels>,
    /// What clients pay for completed jobs, in US dollars.
    #[metric(unit = "{USD}")]
    pub job_cost_usd_total: Counter<ServiceLabels, f64>,
    /// Attempts that failed and whose job is tried again.
    #[metric(unit = "{retry}")]
    pub job_retries_total: Counter<ServiceLabels>,
}

/// The label of a worker.
#[derive(Clone, Debug, LabelSet)]
pub struct WorkerLabels {
    /// The name of the worker.
    #[label(max = MAX_WORKERS)]
    pub worker_id: WorkerId,
}

/// How much a worker can do, and how much of it is in use.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `worker_slots` | `worker_id` | capacity: jobs that the worker runs at the same time |
/// | `worker_saturation_ratio` | `worker_id` | the share of the slots that have a job, from 0 to 1 |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "")]
pub struct CapacityMetrics {
    /// Jobs that the worker runs at the same time.
    #[metric(unit = "{slot}", max_series = MAX_WORKERS)]
    pub(crate) worker_slots: ObservableGauge<WorkerLabels, u64>,
    /// Share of the slots of the worker that have a job.
    #[metric(unit = "1", max_series = MAX_WORKERS)]
    pub(crate) worker_saturation_ratio: ObservableGauge<WorkerLabels>,
}
