use std::time::Duration;

use super::{
    JobEnd, JobGuard,
    guard::{JobReport, ActiveJob},
    handler::JobContext,
    start::Start,
};
use crate::core::{
    descriptor::{JobDescriptor, LabelSet, Slo},
    instruments::ObservableSeries,
    registry::MetricSet,
    sync::{Moment, enabled},
};

/// What a set does when something happens to a job: it records the event in every metric that is
/// concerned. All of them are given [`JobEvent::Declared`] too. There is one for each kind of event, so
/// that code is made only for metrics that such events concern.
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

/// A metric set that follows jobs: `#[metric_set(job(labels = …))]`, with `on = …` on its fields.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not follow jobs",
    label = "not a metric set with `#[metric_set(job(labels = …))]`",
    note = "add `#[metric_set(job(labels = …))]` to the set, and `#[metric(on = …)]` to what its metrics record"
)]
pub trait JobMetricSet: MetricSet {
    /// The labels that a job has from its start.
    type Labels: LabelSet + Clone + Send + Sync + 'static;

    /// Counts a job that was submitted, in the metrics with `on = created`. Call it where jobs are
    /// submitted, which no attribute sees.
    fn created(&self, labels: &Self::Labels) {
        if enabled() {
            self.on_created(labels, &JobEvent::Created, None);
        }
    }

    /// Starts a job in code that cannot be annotated. See [`JobGuard`].
    fn start(&self, labels: Self::Labels) -> JobGuard<Self> {
        JobGuard::by_hand(|| labels)
    }

    /// What its metrics record.
    #[doc(hidden)]
    const EVENT_BINDINGS: &'static [EventBinding];

    /// Where a handler keeps the series that its jobs concern, once they are known: for handlers
    /// whose jobs all have the same labels.
    #[doc(hidden)]
    type Cache: Send + Sync + 'static;

    /// Nothing is known yet.
    #[doc(hidden)]
    const EMPTY_CACHE: Self::Cache;

    on_events! { on_created on_started on_retried on_waited on_output on_ended on_succeeded on_judged }

    /// Starts a job. Written out for each set, so that it is compiled where the set is: that of the
    /// set that this crate ships is not compiled again in every crate with handlers.
    #[doc(hidden)]
    fn begin_job(of: JobContext<Self>, start: Start<Self::Labels>) -> JobGuard<Self>;

    /// Ends a job, in the same way.
    #[doc(hidden)]
    fn end_job(job: &mut ActiveJob<Self>, finished: &mut JobReport);

    /// The series that count a job among the active ones until its end.
    #[doc(hidden)]
    type ActiveSeries: Send + Sync + 'static;

    /// Counts a job among the active ones.
    #[doc(hidden)]
    fn mark_active(&self, labels: &Self::Labels, known: Option<&'static Self::Cache>) -> Self::ActiveSeries;

    /// Counts it among them no more.
    #[doc(hidden)]
    fn mark_inactive(active: &Self::ActiveSeries);

    /// The series that shows the age of the oldest job of these labels, if a metric does.
    #[doc(hidden)]
    fn oldest_active(
        &self,
        _: &Self::Labels,
        _: Option<&'static Self::Cache>,
    ) -> Option<ObservableSeries> {
        None
    }
}

/// What one metric of a set records.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct EventBinding {
    /// The word after `on`.
    pub on: &'static str,
    /// The metric's place among the set's.
    pub metric: usize,
}

/// What happens to a job.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum JobEvent<'a> {
    /// A handler for such jobs is linked in: its counters start at 0.
    Declared(&'a JobDescriptor),
    /// It was submitted.
    Created,
    /// It started.
    Started,
    /// It started, and not for the first time.
    Retried,
    /// It had waited this long when it started.
    Waited(Duration),
    /// It produced this many bytes.
    Output(u64),
    /// It ended.
    Ended(&'a JobEnd),
    /// It completed at this moment.
    Succeeded(Moment),
    /// Its end counts for its service-level objective.
    Judged {
        /// Whether it completed in time.
        good: bool,
        /// What it is judged by.
        slo: &'a Slo,
    },
}
