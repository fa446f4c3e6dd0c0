use std::sync::Arc;

use super::{
    HistogramSink, HistogramValue, SinkId,
    distribution::{Gathered, HistogramSinks},
    own, table,
};
use crate::recording::{Family, Kind, SeriesLabels};

/// Series whose values are distributions of samples.
#[derive(Debug)]
pub(crate) struct Histograms<V: HistogramValue>(Arc<HistogramSinks<V>>);

impl<V: HistogramValue> Histograms<V> {
    pub(crate) fn new(boundaries: &'static [f64]) -> Self {
        Self(Arc::new(HistogramSinks::new(boundaries)))
    }
}

impl<V: HistogramValue> Kind for Histograms<V> {
    type Place = u32;

    fn claim(&self, labels: &Arc<SeriesLabels>) -> u32 {
        table::enter(Gathered::new(Arc::clone(labels), Arc::clone(&self.0)))
    }

    /// The SDK keeps what was recorded in a histogram for ever. That series end is refused at
    /// compile time.
    fn release(&self, _: u32) {}

    fn nowhere(&self) -> u32 {
        u32::MAX
    }
}

/// A metric whose values are distributions.
pub(crate) type HistogramFamily<V> = Family<Histograms<V>, u32>;

impl<V: HistogramValue> HistogramFamily<V> {
    #[inline]
    pub(crate) fn record(&self, place: u32, value: V) {
        if !own::record(place, value.to_bits()) {
            self.drop_sample();
        }
    }

    /// Leads the samples of every series to one more runtime, also those of the past.
    pub(crate) fn attach(&self, sink: HistogramSink<V>) {
        self.kind.0.add(sink);
        self.follow();
    }

    pub(crate) fn detach(&self, id: SinkId) {
        self.kind.0.remove(id);
        self.follow();
    }

    /// Samples that would have made a sum infinite.
    pub(crate) fn refused(&self) -> u64 {
        self.kind.0.refused()
    }

    fn follow(&self) {
        table::follow(self.snapshot().places.iter().copied());
    }
}
