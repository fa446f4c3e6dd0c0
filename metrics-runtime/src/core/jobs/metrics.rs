use std::borrow::Cow;

use super::outcome::JobStatus;
use crate::core::{
    descriptor::{JobDescriptor, LabelDescriptor, LabelRef, LabelSet, LabelVisitor},
    instruments::{Counter, CounterSeries, Gauge, Histogram, ObservableGauge, UpDownCounter},
    registry::MetricSet,
};

/// The metrics of jobs that `#[instrumented_job]` records unless a handler names another set.
///
/// The names of handlers are known at link time: each handler has its series, however many there
/// are, and its counters are 0 from the start. A program may use up to 200 other names, for jobs
/// that it only submits or that it starts by hand. Further names share the overflow series.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "crate", job(labels = JobLabels))]
pub struct JobMetrics {
    /// Jobs submitted.
    #[metric(name = "osapi_jobs_created_total", unit = "{job}", on = created)]
    created: Counter<JobLabels>,

    /// Jobs started.
    #[metric(name = "osapi_jobs_started_total", unit = "{job}", on = started)]
    started: Counter<JobLabels>,

    /// Jobs ended, by status.
    #[metric(name = "osapi_jobs_completed_total", unit = "{job}", on = finished)]
    completed: Counter<JobStatusLabels>,

    /// Time from the start of a job to its end.
    #[metric(name = "osapi_job_duration_seconds", unit = "s", on = duration)]
    duration: Histogram<JobStatusLabels>,

    /// Jobs now running.
    #[metric(name = "osapi_jobs_active", unit = "{job}", on = active)]
    active: UpDownCounter<JobLabels>,

    /// Errors that jobs returned, by class.
    #[metric(
        name = "osapi_job_errors_total",
        unit = "{error}",
        on = finished,
        max_series = 10_000
    )]
    errors: Counter<JobErrorLabels>,

    /// Time from the submission of a job to its start.
    #[metric(
        name = "osapi_job_queue_wait_seconds",
        unit = "s",
        on = queue_wait,
        absent_until = "a job says when it was submitted",
    )]
    queue_wait: Histogram<JobLabels>,

    /// Size of a job's output.
    #[metric(
        name = "osapi_job_output_size_bytes",
        unit = "By",
        on = output_size,
        absent_until = "a job says how large its output is",
    )]
    output_size: Histogram<JobLabels, u64>,

    /// Age of the job that has run longest; absent when none runs.
    #[metric(
        name = "osapi_job_oldest_active_seconds",
        unit = "s",
        on = oldest_active,
        absent_until = "a job runs",
    )]
    oldest_active: ObservableGauge<JobLabels>,

    /// Time at which a job last completed, in seconds since 1970; absent before the first.
    #[metric(
        name = "osapi_job_last_success_timestamp_seconds",
        unit = "s",
        on = last_success,
        absent_until = "a job has completed",
    )]
    last_success: Gauge<JobLabels>,

    /// Attempts at a job, counted from 1, by how they ended.
    #[metric(
        name = "osapi_job_attempts",
        unit = "{attempt}",
        buckets = [1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100],
        on = attempts,
        absent_until = "a job says which attempt it is",
    )]
    attempts: Histogram<JobStatusLabels, u64>,

    /// Jobs started again after an earlier attempt.
    #[metric(
        name = "osapi_job_retries_total",
        unit = "{retry}",
        on = retried,
        absent_until = "a job says which attempt it is",
    )]
    retries: Counter<JobLabels>,

    /// Jobs whose last attempt failed.
    #[metric(
        name = "osapi_jobs_dead_lettered_total",
        unit = "{job}",
        on = dead_lettered,
        absent_until = "the last attempt at a job has failed",
    )]
    dead_lettered: Counter<JobLabels>,

    /// Jobs that count for the service-level objective of their handler.
    #[metric(
        name = "osapi_job_slo_valid_total",
        unit = "{job}",
        on = slo_valid,
        absent_until = "a job with an objective has ended",
    )]
    slo_valid: Counter<JobLabels>,

    /// Jobs that met the service-level objective of their handler.
    #[metric(
        name = "osapi_job_slo_good_total",
        unit = "{job}",
        on = slo_good,
        absent_until = "a job with an objective has ended",
    )]
    slo_good: Counter<JobLabels>,

    /// Share of good jobs that the service-level objective of a handler aims at.
    #[metric(
        name = "osapi_job_slo_target_ratio",
        unit = "1",
        on = slo_target,
        absent_until = "a function with an objective has run",
    )]
    slo_target: Gauge<JobLabels>,

    /// Time within which a job has to complete for the service-level objective of its handler.
    #[metric(
        name = "osapi_job_slo_latency_seconds",
        unit = "s",
        on = slo_latency,
        absent_until = "a function with an objective has run",
    )]
    slo_latency: Gauge<JobLabels>,
}

/// The labels of a job from its start.
#[derive(Clone, Debug, PartialEq, Eq, LabelSet)]
#[label(crate = "crate")]
pub struct JobLabels {
    /// The handler's name.
    #[label(max = 200)]
    pub job_name: Cow<'static, str>,
}

/// The labels of a job at its end.
#[derive(Clone, Debug, PartialEq, Eq, LabelSet)]
#[label(crate = "crate")]
pub struct JobStatusLabels {
    /// The labels from its start.
    #[label(flatten)]
    pub job: JobLabels,
    /// The status.
    #[label(job = status)]
    pub status: JobStatus,
}

/// The labels of a job that returned an error.
#[derive(Clone, Debug, PartialEq, Eq, LabelSet)]
#[label(crate = "crate")]
pub struct JobErrorLabels {
    /// The labels from its start.
    #[label(flatten)]
    pub job: JobLabels,
    /// The class of the error.
    #[label(max = 50, job = error_type)]
    pub error_type: Cow<'static, str>,
}

impl JobMetrics {
    /// The series of `osapi_jobs_created_total` with this name, to count where jobs are submitted.
    ///
    /// ```
    /// use osapi_metrics::JobMetrics;
    ///
    /// JobMetrics::global().created("image.resize").inc();
    /// ```
    pub fn created(&self, job_name: &str) -> CounterSeries {
        self.created.with_like(&BorrowedName(job_name))
    }
}

impl JobLabels {
    /// The labels of a handler's jobs.
    #[inline]
    pub(super) fn of(handler: &'static JobDescriptor) -> Self {
        Self { job_name: Cow::Borrowed(handler.name) }
    }
}

/// [`JobLabels`] with a name that is borrowed for the call.
struct BorrowedName<'a>(&'a str);

impl LabelSet for BorrowedName<'_> {
    const LABELS: &'static [LabelDescriptor] = JobLabels::LABELS;

    fn visit(&self, visitor: &mut LabelVisitor<'_>) {
        visitor(LabelRef::Str(self.0));
    }

    fn combination(&self) -> usize {
        0
    }
}
