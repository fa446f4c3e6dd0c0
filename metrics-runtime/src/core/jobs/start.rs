use std::{num::NonZeroU32, time::Duration};

use super::{
    AttemptNumber, JobEvent, JobMetricSet, QueuedAt,
    active::ActiveJobEntry,
    eval::eval_user_code,
    guard::{JobGuard, ActiveJob},
    handler::JobContext,
};
use crate::core::sync::Moment;

/// What is known of a job before it starts.
#[doc(hidden)]
#[derive(Debug)]
pub struct Start<L> {
    /// Absent if they could not be told, in which case the job cannot be recorded.
    pub(super) labels: Option<L>,
    pub(super) waited: Option<Duration>,
    /// When that was told, if the job begins later.
    told: Option<Moment>,
    pub(super) attempt: Option<NonZeroU32>,
    pub(super) final_attempt: bool,
}

impl<L> Start<L> {
    /// A job of these labels.
    #[inline]
    pub fn new(labels: L) -> Self {
        Self::of(Some(labels))
    }

    /// A job whose labels an expression of the user's tells.
    pub fn labelled(labels: impl FnOnce() -> L) -> Self {
        Self::of(eval_user_code(labels))
    }

    #[inline]
    fn of(labels: Option<L>) -> Self {
        Self { labels, waited: None, told: None, attempt: None, final_attempt: false }
    }

    /// Waited since then, or since a later time that [`scheduled_at`](Self::scheduled_at) tells.
    #[must_use]
    pub fn queued_at(mut self, waited: impl FnOnce() -> Option<Duration>) -> Self {
        self.waited = eval_user_code(waited).flatten();
        self
    }

    /// Was not to start before then.
    #[must_use]
    pub fn scheduled_at(mut self, late: impl FnOnce() -> Option<Duration>) -> Self {
        let late = eval_user_code(late).flatten();
        // The later point in time counts, which is the shorter wait.
        self.waited = self.waited.into_iter().chain(late).min();
        self
    }

    /// Will begin later.
    pub(super) fn prepared(mut self) -> Self {
        self.told = self.waited.map(|_| Moment::now());
        self
    }

    /// Has waited until now. No wait may mean that the time was still to come, and how far it was is
    /// not known any more.
    pub(super) fn wait_longer(mut self) -> Self {
        if let (Some(waited), Some(told)) = (&mut self.waited, self.told)
            && !waited.is_zero()
        {
            *waited = waited.saturating_add(told.elapsed());
        }
        self
    }

    /// Which attempt it is.
    #[must_use]
    pub fn attempt(mut self, number: impl FnOnce() -> Option<NonZeroU32>) -> Self {
        self.attempt = eval_user_code(number).flatten();
        self
    }

    /// Whether no other attempt follows.
    #[must_use]
    pub fn final_attempt(mut self, is_final: impl FnOnce() -> bool) -> Self {
        self.final_attempt = eval_user_code(is_final).unwrap_or_default();
        self
    }
}

/// How long a job has waited since then. A function, so that the type is asked for here.
#[doc(hidden)]
pub fn waited(since: &(impl QueuedAt + ?Sized)) -> Option<Duration> {
    since.waited()
}

/// The number of an attempt.
#[doc(hidden)]
pub fn attempt(number: &(impl AttemptNumber + ?Sized)) -> Option<NonZeroU32> {
    number.number()
}

/// Starts a job.
#[doc(hidden)]
#[inline]
pub fn begin<S: JobMetricSet>(context: JobContext<S>, start: Start<S::Labels>) -> JobGuard<S> {
    let Start { labels: Some(labels), waited, attempt, final_attempt, .. } = start else {
        return JobGuard::off();
    };
    let set = S::global();
    let cache = context.series_cache();
    set.on_started(&labels, &JobEvent::Started, cache);
    if attempt.is_some_and(|attempt| attempt > NonZeroU32::MIN) {
        set.on_retried(&labels, &JobEvent::Retried, cache);
    }
    if let Some(wait) = waited {
        set.on_waited(&labels, &JobEvent::Waited(wait), cache);
    }
    let active_series = set.mark_active(&labels, cache);
    let started = Moment::now();
    let oldest = set.oldest_active(&labels, cache);
    let entry = oldest.and_then(|series| ActiveJobEntry::enter(series.id(), started));
    JobGuard::active(ActiveJob {
        set,
        labels,
        context,
        active_series,
        started,
        entry,
        attempt,
        final_attempt,
        ended: false,
        unwinding: false,
    })
}
