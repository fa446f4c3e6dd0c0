use std::{sync::Arc, time::Duration};

use super::{
    distribution::{Gathered, HistogramSink, HistogramSinks, SinkId},
    own,
    sample_value::SampleValue,
    summary::Summary,
    table,
    time_unit::TimeUnit,
};
use crate::core::{
    descriptor::MetricDescriptor,
    storage::series::{AllSeries, Family, SeriesLabels, SeriesStorage},
};

/// The storage of series whose values are distributions of samples.
#[derive(Debug)]
pub struct Histograms<V> {
    sinks: Arc<HistogramSinks<V>>,
    /// Absent if the unit is not a unit of time.
    unit: Option<TimeUnit>,
}

impl<V: SampleValue> Histograms<V> {
    pub(crate) fn of(descriptor: &MetricDescriptor) -> Self {
        let sinks = Arc::new(HistogramSinks::new(descriptor.buckets));
        Self { sinks, unit: TimeUnit::of(descriptor.unit) }
    }
}

impl<V: SampleValue> SeriesStorage for Histograms<V> {
    type Slot = SeriesId;

    fn claim(&self, labels: &Arc<SeriesLabels>) -> SeriesId {
        table::enter(Gathered::new(Arc::clone(labels), Arc::clone(&self.sinks)))
    }

    /// Not called: the SDK keeps every series of a histogram, so a histogram whose series can end
    /// is refused at compile time.
    fn release(&self, _: SeriesId) {}

    fn discard_slot(&self) -> SeriesId {
        SeriesId::MAX
    }

    #[inline]
    fn is_current(&self, series: SeriesId) -> bool {
        series != self.discard_slot()
    }

    fn was_recorded(&self, series: SeriesId) -> bool {
        table::has_samples(series)
    }
}

/// The id of the distribution of a series.
pub(crate) type SeriesId = u32;

/// A metric whose values are distributions.
pub(crate) type HistogramFamily<V> = Family<Histograms<V>, SeriesId>;

impl<V: SampleValue> HistogramFamily<V> {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor, Histograms::of(descriptor))))
    }

    /// Records a value, unless it is infinite or NaN.
    #[inline]
    pub(crate) fn record(&self, series: SeriesId, value: V) {
        if !value.is_finite() || !own::record(series, value.to_bits()) {
            self.drop_sample();
        }
    }

    /// Records a duration, unless the metric's unit is not a unit of time.
    #[inline]
    pub(crate) fn record_duration(&self, series: SeriesId, duration: Duration) {
        match self.storage.unit {
            Some(unit) => self.record(series, V::from_f64(unit.number(duration))),
            None => self.drop_sample(),
        }
    }

    /// Leads the samples of every series to one more runtime, also the samples of the past.
    pub(crate) fn attach(&self, sink: HistogramSink<V>) {
        self.storage.sinks.add(sink);
        self.follow();
    }

    pub(crate) fn detach(&self, id: SinkId) {
        self.storage.sinks.remove(id);
        self.follow();
    }

    /// Samples that would have made a sum infinite.
    pub(crate) fn refused(&self) -> u64 {
        self.storage.sinks.refused()
    }

    /// The distribution of each series so far.
    pub(crate) fn summaries(&self) -> (AllSeries, Vec<Option<Summary>>) {
        table::drain();
        let all = self.index();
        let summaries = all.slots.iter().map(|series| table::summary(*series)).collect();
        (Arc::clone(&all.labels), summaries)
    }

    fn follow(&self) {
        table::follow(self.index().slots.iter().copied());
    }
}
