use std::marker::PhantomData;

use super::{EventSeries, JobEvent, instrument::FindSeries};
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
    cache: Option<&'a EventSeries<S>>,
    conversion: PhantomData<W>,
}

impl<'a, L, W, S: Copy> Recording<'a, L, W, S> {
    /// The recording of an event. Only the type of the conversion matters.
    #[inline(always)]
    pub fn new(
        _: W,
        cache: Option<&'a EventSeries<S>>,
        labels: &'a L,
        event: &'a JobEvent<'a>,
    ) -> Self {
        Self { labels, event, cache, conversion: PhantomData }
    }

    /// Records that the job was submitted.
    #[inline(always)]
    pub(super) fn at_creation<I, R>(self, instrument: &I, record: impl FnOnce(&S) -> R) -> Option<R>
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        // The closures capture as little as possible, because calls of them are not inlined.
        let labels = self.labels;
        let find = || Self::find(labels, JobStage::Created, instrument);
        EventSeries::at_start(self.cache, find, record)
    }

    /// Records an event between the start and the end.
    #[inline(always)]
    pub(super) fn at_start<I, R>(self, instrument: &I, record: impl FnOnce(&S) -> R) -> Option<R>
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        let labels = self.labels;
        let find = || Self::find(labels, JobStage::Started, instrument);
        EventSeries::at_start(self.cache, find, record)
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
        if W::NEEDS_ERROR && end.error_type.is_none() {
            return None;
        }
        let labels = self.labels;
        let find = || Self::find(labels, JobStage::Ended(end), instrument);
        EventSeries::at_end(self.cache, W::OF_ERROR, end, find, record)
    }

    /// Prepares the series for this end, unless the handler's cache has it.
    #[inline(always)]
    pub(super) fn before_end<F>(self, end: &JobEnd, prepare: impl FnOnce(&F))
    where
        W: LabelConversion<L, F>,
    {
        let labels = self.labels;
        EventSeries::before_end(self.cache, W::OF_ERROR, end, || {
            W::with_labels(labels, JobStage::Ended(end), prepare);
        });
    }

    /// Makes sure that the series for this end exists, if the job has the labels.
    #[inline(always)]
    pub(super) fn declare_end<I>(&self, end: &JobEnd, instrument: &I)
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        Self::find(self.labels, JobStage::Ended(end), instrument);
    }

    #[inline(always)]
    fn find<I>(labels: &L, stage: JobStage<'_>, instrument: &I) -> Option<S>
    where
        I: FindSeries<Series = S>,
        W: LabelConversion<L, I::Labels>,
    {
        W::with_labels(labels, stage, |labels| instrument.find_series(labels))
    }
}
