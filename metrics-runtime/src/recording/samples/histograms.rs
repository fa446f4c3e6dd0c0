use std::{sync::Arc, time::Duration};

use super::{
    HistogramSink, HistogramValue, SinkId, Summary,
    distribution::{Gathered, HistogramSinks},
    own, table,
    time_unit::TimeUnit,
};
use crate::{
    descriptor::MetricDescriptor,
    recording::{AnyLabels, Family, Kind, SeriesLabels},
};

/// Series whose values are distributions of samples.
#[derive(Debug)]
pub struct Histograms<V: HistogramValue> {
    sinks: Arc<HistogramSinks<V>>,
    /// Absent where durations have no place.
    unit: Option<TimeUnit>,
}

impl<V: HistogramValue> Histograms<V> {
    pub(crate) fn of(descriptor: &MetricDescriptor) -> Self {
        let sinks = Arc::new(HistogramSinks::new(descriptor.buckets));
        Self { sinks, unit: TimeUnit::of(descriptor.unit) }
    }
}

impl<V: HistogramValue> Kind for Histograms<V> {
    type Place = u32;

    fn claim(&self, labels: &Arc<SeriesLabels>) -> u32 {
        table::enter(Gathered::new(Arc::clone(labels), Arc::clone(&self.sinks)))
    }

    /// The SDK keeps what was recorded in a histogram for ever. That series end is refused at
    /// compile time.
    fn release(&self, _: u32) {}

    fn nowhere(&self) -> u32 {
        u32::MAX
    }

    fn was_recorded(&self, place: u32) -> bool {
        table::has_samples(place)
    }

    fn find(family: &Family<Self, u32>, labels: &dyn AnyLabels) -> u32 {
        family.find(labels)
    }
}

/// A metric whose values are distributions.
pub(crate) type HistogramFamily<V> = Family<Histograms<V>, u32>;

impl<V: HistogramValue> HistogramFamily<V> {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor, Histograms::of(descriptor))))
    }

    /// Records a value, unless it is infinite or NaN.
    #[inline]
    pub(crate) fn record(&self, place: u32, value: V) {
        if !value.is_finite() || !own::record(place, value.to_bits()) {
            self.drop_sample();
        }
    }

    /// Records a duration, unless the metric's unit is none of time.
    #[inline]
    pub(crate) fn record_duration(&self, place: u32, duration: Duration) {
        match self.kind.unit {
            Some(unit) => self.record(place, V::from_f64(unit.number(duration))),
            None => self.drop_sample(),
        }
    }

    /// Leads the samples of every series to one more runtime, also those of the past.
    pub(crate) fn attach(&self, sink: HistogramSink<V>) {
        self.kind.sinks.add(sink);
        self.follow();
    }

    pub(crate) fn detach(&self, id: SinkId) {
        self.kind.sinks.remove(id);
        self.follow();
    }

    /// Samples that would have made a sum infinite.
    pub(crate) fn refused(&self) -> u64 {
        self.kind.sinks.refused()
    }

    /// What each series has seen so far.
    pub(crate) fn summaries(&self) -> Vec<(Arc<SeriesLabels>, Summary)> {
        table::drain();
        let all = self.snapshot();
        let summaries = all.places.iter().map(|place| table::summary(*place));
        all.labels.iter().cloned().zip(summaries).filter_map(|(l, s)| Some((l, s?))).collect()
    }

    fn follow(&self) {
        table::follow(self.snapshot().places.iter().copied());
    }
}
