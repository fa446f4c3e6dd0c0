//! The trait of sets that record job events, and the types of a job that is recorded in such a set:
//! the trait and the types refer to each other.

use std::{fmt, num::NonZeroU32};

use crate::core::{
    descriptor::{EventBinding, LabelSet},
    instruments::ObservableSeries,
    jobs::{
        active::ActiveJobEntry,
        events::JobEvent,
        metrics::JobMetrics,
        outcome::JobReport,
        start::{JobContext, Start},
    },
    registry::MetricSet,
    sync::{Moment, enabled},
};

/// Declares a method for each kind of event, which records the event in all metrics of the set that
/// have it. Handlers that are linked in call some of the methods with [`JobEvent::Declared`]. One
/// method for all events would contain the code of every metric for every event.
macro_rules! on_events {
    ($($on_event:ident)*) => {$(
        #[doc(hidden)]
        #[inline]
        fn $on_event(
            &self,
            _: &Self::Labels,
            _: &JobEvent<'_>,
            _: Option<&'static Self::Cache>,
        ) {
        }
    )*};
}

/// A metric set that records job events: `#[metric_set(job(labels = …))]`, with `on = …` on its
/// fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not record job events",
    label = "not a metric set with `#[metric_set(job(labels = …))]`",
    note = "add `#[metric_set(job(labels = …))]` to the set, and `#[metric(on = …)]` to what its metrics record"
)]
pub trait JobMetricSet: MetricSet {
    /// The labels that a job has from its start.
    type Labels: LabelSet + Clone + Send + Sync + 'static;

    /// Counts a submitted job in the metrics with `on = created`. Call it where jobs are submitted,
    /// which no attribute sees.
    fn created(&self, labels: &Self::Labels) {
        if enabled() {
            self.on_created(labels, &JobEvent::Created, None);
        }
    }

    /// Starts a job in code that cannot be annotated. See [`JobGuard`].
    fn start(&self, labels: Self::Labels) -> JobGuard<Self> {
        JobGuard::by_hand(|| labels)
    }

    /// The events that the metrics record.
    #[doc(hidden)]
    const EVENT_BINDINGS: &'static [EventBinding];

    /// The caches of the series, for a handler whose jobs all have the same labels: a cache for
    /// each event of each metric.
    #[doc(hidden)]
    type Cache: Send + Sync + 'static;

    /// Caches without series.
    #[doc(hidden)]
    const EMPTY_CACHE: Self::Cache;

    on_events! {
        on_created on_started on_retried on_waited on_output on_ended on_succeeded on_judged
    }

    /// Starts a job. Each set has its own implementation, so that the code is compiled in the crate
    /// of the set, and not again in each crate with handlers.
    #[doc(hidden)]
    fn begin_job(context: JobContext<Self::Cache>, start: Start<Self::Labels>) -> JobGuard<Self>;

    /// Ends a job. Each set has its own implementation, for the same reason.
    #[doc(hidden)]
    fn end_job(job: &mut ActiveJob<Self>, report: &mut JobReport);

    /// The series that count a job among the active jobs until its end.
    #[doc(hidden)]
    type ActiveSeries: Send + Sync + 'static;

    /// Adds a job to the active jobs.
    #[doc(hidden)]
    fn mark_active(
        &self,
        labels: &Self::Labels,
        cache: Option<&'static Self::Cache>,
    ) -> Self::ActiveSeries;

    /// Removes a job from the active jobs.
    #[doc(hidden)]
    fn mark_inactive(series: &Self::ActiveSeries);

    /// The series for the age of the oldest job with these labels, if a metric of the set shows the
    /// age.
    #[doc(hidden)]
    fn oldest_active(
        &self,
        _: &Self::Labels,
        _: Option<&'static Self::Cache>,
    ) -> Option<ObservableSeries> {
        None
    }
}

/// The guard of a running job. The end of the job is recorded once, however the code is left.
///
/// `#[instrumented_job]` holds a guard for each call. In code that cannot be annotated,
/// [`JobMetrics::start`] returns a guard, or [`JobMetricSet::start`] for another set.
///
/// ```
/// use osapi_metrics::JobMetrics;
///
/// # fn import(line: &str) -> Result<u32, std::num::ParseIntError> { line.parse() }
/// for line in ["1", "2", "x"] {
///     let job = JobMetrics::global().start("line.import");
///     match import(line) {
///         Ok(_) => job.complete(),
///         Err(_) => job.fail("invalid_data"),
///     }
/// }
/// ```
///
/// If the guard is dropped without one of these calls, the job is `panicked` if a panic unwinds
/// through it, and `cancelled` otherwise: an early return, or a future that was dropped.
#[must_use = "a job whose guard is dropped at once is cancelled"]
pub struct JobGuard<S: JobMetricSet = JobMetrics> {
    pub(super) state: GuardState<S>,
}

pub(super) enum GuardState<S: JobMetricSet> {
    /// Recording was off at the start.
    Off,
    /// The job starts when its future is first polled.
    Prepared(JobContext<S::Cache>, Start<S::Labels>),
    Active(ActiveJob<S>),
}

/// A job that has started.
#[doc(hidden)]
pub struct ActiveJob<S: JobMetricSet> {
    /// The instance that the start was recorded in, which records the end too.
    pub(super) set: &'static S,
    pub(super) labels: S::Labels,
    pub(super) context: JobContext<S::Cache>,
    pub(super) started: Moment,
    pub(super) series: S::ActiveSeries,
    pub(super) entry: Option<ActiveJobEntry>,
    pub(super) attempt: Option<NonZeroU32>,
    pub(super) final_attempt: bool,
    pub(super) ended: bool,
    /// Whether a panic was unwinding before the job's code last ran. Such a panic is not the
    /// job's.
    pub(super) unwinding: bool,
}

impl<S: JobMetricSet> fmt::Debug for ActiveJob<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActiveJob").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl<S: JobMetricSet> fmt::Debug for JobGuard<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = matches!(&self.state, GuardState::Active(job) if !job.ended);
        f.debug_struct("JobGuard").field("running", &running).finish()
    }
}
