use std::sync::OnceLock;

use crate::core::{
    descriptor::LabelValue,
    jobs::{
        eval::eval_user_code,
        outcome::{JobEnd, JobStatus},
    },
};

/// The series of one metric for the jobs of a handler, each found once: one series for the events
/// before the end, and one for each status of the end.
#[derive(Debug)]
pub struct EventSeries<S> {
    at_start: OnceLock<Option<S>>,
    at_end: [OnceLock<Option<S>>; JobStatus::VALUES.len()],
}

impl<S: Copy> EventSeries<S> {
    /// A cache without series.
    #[expect(clippy::declare_interior_mutable_const, reason = "the initial value of a static")]
    pub const EMPTY: Self = Self {
        at_start: OnceLock::new(),
        at_end: [const { OnceLock::new() }; JobStatus::VALUES.len()],
    };

    /// Records into the series for events before the end. Without a cache, the series is looked up.
    #[inline(always)]
    pub(super) fn at_start<R>(
        cache: Option<&Self>,
        find: impl FnOnce() -> Option<S>,
        record: impl FnOnce(&S) -> R,
    ) -> Option<R> {
        Self::once(cache.map(|cache| &cache.at_start), find, record)
    }

    /// Records into the series for the status of the end. If the labels depend on the error, the
    /// series of a failed job is looked up each time.
    #[inline(always)]
    pub(super) fn at_end<R>(
        cache: Option<&Self>,
        of_error: bool,
        end: &JobEnd,
        find: impl FnOnce() -> Option<S>,
        record: impl FnOnce(&S) -> R,
    ) -> Option<R> {
        Self::once(Self::of_end(cache, of_error, end), find, record)
    }

    /// Prepares the series for the status of the end, unless it was found before.
    #[inline(always)]
    pub(super) fn before_end(
        cache: Option<&Self>,
        of_error: bool,
        end: &JobEnd,
        prepare: impl FnOnce(),
    ) {
        if Self::of_end(cache, of_error, end).is_none_or(|series| series.get().is_none()) {
            eval_user_code(prepare);
        }
    }

    #[inline(always)]
    fn of_end<'c>(
        cache: Option<&'c Self>,
        of_error: bool,
        end: &JobEnd,
    ) -> Option<&'c OnceLock<Option<S>>> {
        let cache = cache.filter(|_| !of_error || end.error_type.is_none());
        cache.map(|cache| &cache.at_end[end.status.index()])
    }

    #[inline(always)]
    fn once<R>(
        cache: Option<&OnceLock<Option<S>>>,
        find: impl FnOnce() -> Option<S>,
        record: impl FnOnce(&S) -> R,
    ) -> Option<R> {
        // The user's code may make the labels, also while a panic of the job unwinds.
        let find = || eval_user_code(find).flatten();
        let found;
        let series = match cache {
            // Not copied: reading a whole value that was just written in parts is slow.
            Some(cache) => cache.get_or_init(find).as_ref(),
            None => {
                found = find();
                found.as_ref()
            }
        };
        series.map(record)
    }
}
