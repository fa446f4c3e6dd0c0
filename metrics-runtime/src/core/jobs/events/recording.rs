use std::marker::PhantomData;

use super::{JobEvent, SeriesCache, instrument::FindSeries};
use crate::core::jobs::{
    labels::LabelConversion,
    outcome::{JobEnd, JobStage},
};

/// One event of a job with all that a metric needs to record it: the labels `L` of the job, their
/// conversion `W` into the labels of the metric, and the handler's cache of the series `S`.
#[derive(Debug)]
pub struct Recording<'a, L, W, S> {
    labels: &'a L,
    pub(super) event: &'a JobEvent<'a>,
    /// Absent if the jobs of the handler differ in their labels.
    cache: Option<&'a SeriesCache<S>>,
    conversion: PhantomData<W>,
}

impl<'a, L, W, S: Copy> Recording<'a, L, W, S> {
    /// The recording of an event. `conversion` only gives its type.
    #[inline(always)]
    pub fn new(
        conversion: W,
        cache: Option<&'a SeriesCache<S>>,
        labels: &'a L,
        event: &'a JobEvent<'a>,
    ) -> Self {
        let _ = conversion;
        Self { labels, event, cache, conversion: PhantomData }
    }

    /// Records an event before the end.
    #[inline(always)]
    pub(super) fn at_start<I, R>(self, instrument: &I, record: impl FnOnce(&S) -> R) -> Option<R>
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        self.at_stage(JobStage::Started, instrument, record)
    }

    /// Records an event before the end, at which the job is at this stage.
    #[inline(always)]
    pub(super) fn at_stage<I, R>(
        self,
        stage: JobStage<'_>,
        instrument: &I,
        record: impl FnOnce(&S) -> R,
    ) -> Option<R>
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        SeriesCache::at_start(self.cache, || self.find(stage, instrument), record)
    }

    /// Records the end.
    #[inline(always)]
    pub(super) fn at_end<I, R>(
        self,
        end: &JobEnd,
        instrument: &I,
        record: impl FnOnce(&S) -> R,
    ) -> Option<R>
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        let find = || self.find(JobStage::Ended(end), instrument);
        SeriesCache::at_end(self.cache, W::OF_ERROR, end, find, record)
    }

    /// The series, without the cache. `None` if the job does not have the labels at this stage.
    #[inline(always)]
    pub(super) fn find<I>(&self, stage: JobStage<'_>, instrument: &I) -> Option<S>
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        W::with_labels(self.labels, stage, |labels| instrument.find_series(labels))
    }
}
