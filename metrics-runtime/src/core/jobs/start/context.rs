use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::core::{descriptor::JobDescriptor, sync::Moment};

/// The data that jobs with the same labels share. `C` are the caches of the series of a set.
pub(in crate::core::jobs) struct HandlerCache<C> {
    series: C,
    /// The bits of the moment of the last success that was recorded; 0 before the first.
    success_recorded: AtomicU64,
}

impl<C> HandlerCache<C> {
    pub(in crate::core::jobs) const fn new(empty: C) -> Self {
        Self { series: empty, success_recorded: AtomicU64::new(0) }
    }
}

/// The data that a job has from its handler; none for a job that is started by hand.
#[doc(hidden)]
pub struct JobContext<C: 'static> {
    /// Absent if the jobs of the handler differ in their labels.
    cache: Option<&'static HandlerCache<C>>,
    /// The handler, if its jobs have an objective or boundaries of their own.
    pub(in crate::core::jobs) handler: Option<&'static JobDescriptor>,
}

impl<C> JobContext<C> {
    /// The context of a job without a handler.
    pub(in crate::core::jobs) const EMPTY: Self = Self { cache: None, handler: None };

    #[inline]
    pub(in crate::core::jobs) fn new(
        cache: Option<&'static HandlerCache<C>>,
        handler: Option<&'static JobDescriptor>,
    ) -> Self {
        Self { cache, handler }
    }

    /// The caches of the series, if all jobs of the handler have the same labels.
    #[inline]
    pub(in crate::core::jobs) fn series_cache(&self) -> Option<&'static C> {
        self.cache.map(|cache| &cache.series)
    }

    /// Rate-limits `last_success`: true at most once per 0.1 to 1 ms and handler.
    #[inline]
    pub(in crate::core::jobs) fn should_record_success(&self, success: Moment) -> bool {
        let Some(cache) = self.cache else { return true };
        let recorded = cache.success_recorded.load(Ordering::Relaxed);
        let is_due = recorded == 0 || success.is_later(Moment::from_bits(recorded));
        if is_due {
            cache.success_recorded.store(success.to_bits(), Ordering::Relaxed);
        }
        is_due
    }
}

impl<C> fmt::Debug for HandlerCache<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandlerCache")
            .field("success_recorded", &self.success_recorded)
            .finish_non_exhaustive()
    }
}

impl<C> fmt::Debug for JobContext<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobContext").field("handler", &self.handler).finish_non_exhaustive()
    }
}
