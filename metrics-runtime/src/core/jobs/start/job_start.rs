use std::{num::NonZeroU32, time::Duration};

use super::{AttemptNumber, QueuedAt};
use crate::core::{jobs::eval::eval_user_code, sync::Moment};

/// The data of a job that exist before its start.
#[doc(hidden)]
#[derive(Debug)]
pub struct Start<L> {
    /// Absent if the expression for the labels panicked. The job cannot be recorded.
    pub(in crate::core::jobs) labels: Option<L>,
    pub(in crate::core::jobs) waited: Option<Duration>,
    /// The moment that `waited` refers to, if the job starts later.
    prepared_at: Option<Moment>,
    pub(in crate::core::jobs) attempt: Option<NonZeroU32>,
    pub(in crate::core::jobs) final_attempt: bool,
}

impl<L> Start<L> {
    /// The start of a job with these labels.
    #[inline]
    pub fn new(labels: L) -> Self {
        Self::of(Some(labels))
    }

    /// The start of a job whose labels an expression of the user gives.
    pub fn labelled(labels: impl FnOnce() -> L) -> Self {
        Self::of(eval_user_code(labels))
    }

    #[inline]
    fn of(labels: Option<L>) -> Self {
        Self { labels, waited: None, prepared_at: None, attempt: None, final_attempt: false }
    }

    /// Sets the wait since the job was queued. [`scheduled_at`](Self::scheduled_at) can shorten the
    /// wait.
    #[must_use]
    pub fn queued_at(mut self, waited: impl FnOnce() -> Option<Duration>) -> Self {
        self.waited = eval_user_code(waited).flatten();
        self
    }

    /// Sets the wait since the time before which the job was not to start.
    #[must_use]
    pub fn scheduled_at(mut self, late: impl FnOnce() -> Option<Duration>) -> Self {
        let late = eval_user_code(late).flatten();
        // The later point in time counts, which is the shorter wait.
        self.waited = self.waited.into_iter().chain(late).min();
        self
    }

    /// Notes the moment, for a job that starts later.
    pub(in crate::core::jobs) fn prepared(mut self) -> Self {
        self.prepared_at = self.waited.map(|_| Moment::now());
        self
    }

    /// Adds the time since [`prepared`](Self::prepared) to the wait. A wait of 0 stays: it may mean
    /// a time in the future, whose distance is not known any more.
    pub(in crate::core::jobs) fn wait_longer(mut self) -> Self {
        if let (Some(waited), Some(prepared_at)) = (&mut self.waited, self.prepared_at)
            && !waited.is_zero()
        {
            *waited = waited.saturating_add(prepared_at.elapsed());
        }
        self
    }

    /// Sets the number of the attempt.
    #[must_use]
    pub fn attempt(mut self, number: impl FnOnce() -> Option<NonZeroU32>) -> Self {
        self.attempt = eval_user_code(number).flatten();
        self
    }

    /// Sets whether no other attempt follows.
    #[must_use]
    pub fn final_attempt(mut self, is_final: impl FnOnce() -> bool) -> Self {
        self.final_attempt = eval_user_code(is_final).unwrap_or_default();
        self
    }
}

/// The wait since a time. Generated code calls this function, so that the compiler reports a type
/// without `QueuedAt` at the expression.
#[doc(hidden)]
pub fn waited(since: &(impl QueuedAt + ?Sized)) -> Option<Duration> {
    since.waited()
}

/// The number of an attempt.
#[doc(hidden)]
pub fn attempt(number: &(impl AttemptNumber + ?Sized)) -> Option<NonZeroU32> {
    number.number()
}
