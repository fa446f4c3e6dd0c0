//! Declarations of every kind in a library of each edition, with the dependency renamed and every
//! lint enabled that a careful author may enable.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    unused_lifetimes,
    unused_import_braces,
    single_use_lifetimes,
    let_underscore_drop,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    trivial_casts,
    trivial_numeric_casts,
    keyword_idents,
    meta_variable_misuse,
    non_ascii_idents,
    tail_expr_drop_order,
    if_let_rescope,
    clippy::pedantic,
    clippy::nursery
)]
#![forbid(unsafe_code)]

use renamed_metrics::{
    Counter, ErrorType, Histogram, JobStatus, LabelSet, LabelValue, MetricSet, ObservableGauge,
    UpDownCounter, instrumented_job,
    jobs::JobLabels,
    roles::{Count, Distribution, Seconds},
};

/// A closed set of values, which is a label set too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, LabelSet)]
#[label(crate = "renamed_metrics")]
pub enum Outcome {
    /// It went well.
    Done,
    /// It did not.
    Undone,
}

/// Labels of every kind.
#[derive(Clone, Debug, LabelSet)]
#[label(crate = "::renamed_metrics")]
pub struct StepLabels {
    /// A closed label.
    pub outcome: Outcome,
    /// An open one.
    #[label(max = 10)]
    pub queue: &'static str,
}

/// Labels that the end of a job completes.
#[derive(Clone, Debug, LabelSet)]
#[label(crate = "renamed_metrics")]
pub struct EndLabels {
    /// The labels of the job.
    #[label(flatten)]
    pub job: JobLabels,
    /// How it ended.
    #[label(job = status)]
    pub status: JobStatus,
}

/// A set that records job events.
#[derive(Debug, MetricSet)]
#[metric_set(
    crate = "renamed_metrics",
    prefix = "edition",
    job(labels = JobLabels),
    runbook = "https://example.org/edition"
)]
pub struct StepMetrics {
    /// Steps by outcome.
    #[metric(unit = "{step}")]
    pub steps_total: Counter<StepLabels>,
    /// Steps ended.
    #[metric(unit = "{step}", on = finished)]
    steps_ended_total: Counter<EndLabels>,
    /// Steps now running.
    #[metric(on = active, warning(above = 100, lasting = "15m"), renamed_from = "edition_running")]
    steps_active: UpDownCounter,
    /// Time of a step.
    #[metric(unit = "s", on = duration, critical(above = 5, quantile = 0.99, lasting = "1h"))]
    step_duration_seconds: Histogram<JobLabels>,
    /// Age of the oldest step.
    #[metric(unit = "s", on = oldest_active)]
    step_oldest_seconds: ObservableGauge<JobLabels>,
}

/// Metrics of a set and of another crate's sets.
#[derive(Debug, MetricSet)]
#[metric_set(group, crate = "renamed_metrics")]
pub struct PoolMetrics {
    /// Sockets opened.
    #[metric(renamed_from = "sockets_made_total")]
    pub sockets_opened_total: Counter,
}

/// A set with groups.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "::renamed_metrics", prefix = "edition_pools")]
pub struct PoolsMetrics {
    /// The first pool.
    #[metric(group)]
    pub first: PoolMetrics,
    /// The second pool.
    #[metric(group = "other")]
    pub second: PoolMetrics,
}

/// What an instrumentation measures.
#[derive(Debug, Default)]
pub struct MailRoles {
    /// Mails that were sent.
    pub sent: Count,
    /// Time to send a mail.
    pub send_time: Distribution<Seconds>,
}

/// A set with an instance for each outcome.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "renamed_metrics", prefix = "edition_cache", scope(labels = Outcome))]
pub struct CacheMetrics {
    /// Look-ups.
    lookups_total: Counter,
}

/// Counts a look-up.
pub fn look_up(outcome: Outcome) {
    CacheMetrics::scoped(outcome).lookups_total.inc();
}

/// A set that records these roles.
#[derive(Debug, MetricSet)]
#[metric_set(crate = "renamed_metrics", prefix = "edition", roles(of = MailRoles, labels = Outcome))]
pub struct MailMetrics {
    /// Mails sent.
    #[metric(on = sent)]
    mails_total: Counter<Outcome>,
    /// Time to send a mail.
    #[metric(records_in = "ms", buckets = [1, 10], on = send_time)]
    mail_time: Histogram,
}

/// The error of a step.
#[derive(Debug, ErrorType)]
#[error_type(crate = "renamed_metrics")]
pub enum StepError {
    /// The step took too long.
    #[error_type(timeout)]
    Late,
    /// Reading failed.
    #[error_type(transparent)]
    Io(std::io::Error),
    /// There is nothing to do.
    #[error_type(benign)]
    Unchanged,
    /// Writing failed.
    #[error_type(transparent)]
    Format(std::fmt::Error),
}

impl std::fmt::Display for StepError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the step failed")
    }
}

impl std::error::Error for StepError {}

/// A job of the framework's own set.
///
/// # Errors
///
/// If the step is late.
#[instrumented_job(crate = "renamed_metrics", output_size = |steps: &usize| *steps)]
pub fn step(on_time: bool) -> Result<usize, StepError> {
    if on_time { Ok(1) } else { Err(StepError::Late) }
}

/// A job of the set above.
///
/// # Errors
///
/// If the file cannot be read.
#[instrumented_job(
    crate = "renamed_metrics",
    metrics = StepMetrics,
    labels = JobLabels { job_name: "read".into() },
)]
pub async fn read(path: &std::path::Path) -> Result<Vec<u8>, StepError> {
    std::fs::read(path).map_err(StepError::Io)
}

/// A type whose methods are jobs.
#[derive(Clone, Copy, Debug)]
pub struct Steps;

/// Jobs of the framework's own set.
#[instrumented_job(
    crate = "renamed_metrics",
    ok_if = |error| matches!(error, StepError::Unchanged),
    cancelled_if = |error| matches!(error, StepError::Late),
)]
impl Steps {
    /// The first step.
    ///
    /// # Errors
    ///
    /// If there is nothing to do.
    pub fn first(self, changed: bool) -> Result<Self, StepError> {
        if changed { Ok(self) } else { Err(StepError::Unchanged) }
    }

    /// The second step.
    ///
    /// # Errors
    ///
    /// If the file cannot be read.
    pub async fn second(&self, path: &std::path::Path) -> Result<Vec<u8>, StepError> {
        std::fs::read(path).map_err(StepError::Io)
    }

    /// No step.
    #[must_use]
    #[instrumented_job(skip)]
    pub const fn count(self) -> usize {
        2
    }
}
