use osapi_metrics::{
    Counter, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, ObservableGauge, UpDownCounter,
    jobs::JobStage,
};

use super::{
    labels::WorkerId,
    limits::{MAX_WORKERS, MAX_WORKERS_WITH_ERRORS},
};
use crate::job::{FailureReason, FailureType, Priority, Service};

/// The series of the labels of a job: those of each worker, by service and priority.
const MAX_JOB_SERIES: usize = 16 * MAX_WORKERS;

/// The series of the labels of a job and of a status.
const MAX_STATUS_SERIES: usize = 3 * MAX_JOB_SERIES;

/// The series of the labels of a job, of the types of errors and of their names.
const MAX_ERROR_SERIES: usize = 5 * 14 * 16 * MAX_WORKERS_WITH_ERRORS;

/// The labels that an attempt has from its start.
#[derive(Clone, Debug, LabelSet)]
pub struct JobLabels {
    /// The service of the job.
    pub service: Service,
    /// The priority of the job.
    pub priority: Priority,
    /// The worker that runs the attempt.
    #[label(max = MAX_WORKERS)]
    pub worker_id: WorkerId,
}

/// How far an attempt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue)]
pub enum Status {
    /// It has started.
    Started,
    /// It has ended with a result.
    Completed,
    /// It has ended otherwise, whatever the reason.
    Failed,
}

impl From<JobStage<'_>> for Status {
    fn from(stage: JobStage<'_>) -> Self {
        match stage {
            JobStage::Ended(end) if end.status == JobStatus::Completed => Self::Completed,
            JobStage::Ended(_) => Self::Failed,
            _ => Self::Started,
        }
    }
}

/// The labels of an attempt that has started or ended.
#[derive(Clone, Debug, LabelSet)]
pub struct JobStatusLabels {
    #[label(flatten)]
    job: JobLabels,
    #[label(job = stage)]
    status: Status,
}

/// The labels of an attempt that has failed: the two levels of its failure.
#[derive(Clone, Debug, LabelSet)]
#[label(job(labels = JobLabels))]
pub struct ErrorLabels {
    service: Service,
    priority: Priority,
    #[label(max = MAX_WORKERS_WITH_ERRORS)]
    worker_id: WorkerId,
    #[label(job = error_type)]
    error_type: FailureType,
    #[label(job = error_name)]
    error_name: FailureReason,
}

/// Jobs in the queue and in the workers. `http_requests_total` and `http_request_duration_seconds`
/// belong to the HTTP server.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `jobs_processed_total` | `service`, `priority`, `worker_id`, `status`: `started`, `completed`, `failed` | attempts that have started, completed, or ended otherwise |
/// | `errors_total` | `service`, `priority`, `worker_id`, `error_type`, `error_name` | attempts that returned an error; the last two labels are [`FailureType`] and [`FailureReason`] |
/// | `jobs_active` | `service`, `priority`, `worker_id` | attempts that run |
/// | `queue_size` | | jobs that wait for a worker |
/// | `workers_available` | | workers that can take another job |
/// | `job_duration_seconds` | `service`, `priority`, `worker_id`, `status`: `completed`, `failed` | time of an attempt |
/// | `job_queue_wait_seconds` | | time from the submission of a job to its first attempt |
/// | `job_output_size_bytes` | `service`, `priority`, `worker_id` | size of the output of a job that completed |
/// | `jobs_slo_valid_total`, `jobs_slo_good_total` | | attempts that count for the objective of the jobs, and those that met it |
///
/// An attempt whose work is dropped, because its job was cancelled or given to another worker, ends
/// as `failed` without an error.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", job(labels = JobLabels))]
pub struct ApplicationMetrics {
    /// Total number of jobs processed.
    #[metric(unit = "{job}", on = [started, finished], max_series = MAX_STATUS_SERIES)]
    pub(super) jobs_processed_total: Counter<JobStatusLabels>,
    /// Total number of errors encountered.
    #[metric(unit = "{error}", on = [failed, timed_out], max_series = MAX_ERROR_SERIES)]
    pub(super) errors_total: Counter<ErrorLabels>,
    /// Number of currently active jobs.
    #[metric(unit = "{job}", on = active, max_series = MAX_JOB_SERIES)]
    pub(super) jobs_active: UpDownCounter<JobLabels>,
    /// Current size of job queue.
    #[metric(unit = "{job}", stale_after = "30s")]
    pub(super) queue_size: ObservableGauge<(), u64>,
    /// Number of available workers.
    #[metric(unit = "{worker}", stale_after = "30s")]
    pub(super) workers_available: ObservableGauge<(), u64>,
    /// Job processing duration in seconds.
    #[metric(
        unit = "s",
        on = duration,
        buckets = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 600],
        max_series = MAX_STATUS_SERIES
    )]
    pub(super) job_duration_seconds: Histogram<JobStatusLabels>,
    /// Time jobs spend waiting in queue.
    #[metric(unit = "s", on = queue_wait, buckets = [1, 5, 10, 30, 60, 300, 600, 1800, 3600])]
    job_queue_wait_seconds: Histogram,
    /// Size of a job's output.
    #[metric(unit = "By", on = output_size, max_series = MAX_JOB_SERIES)]
    pub(super) job_output_size_bytes: Histogram<JobLabels, u64>,
    /// Attempts that count for the objective of the jobs.
    #[metric(unit = "{job}", on = slo_valid)]
    jobs_slo_valid_total: Counter,
    /// Attempts that met the objective of the jobs: they completed in time.
    #[metric(unit = "{job}", on = slo_good)]
    jobs_slo_good_total: Counter,
}
