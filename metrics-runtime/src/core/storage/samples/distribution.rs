use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{past::Past, sample_value::SampleValue, summary::Summary, table::Distribution};
use crate::core::{storage::series::SeriesLabels, sync::lock};

/// The samples of one series.
///
/// The SDK aggregates, one aggregation for each runtime, and its data points cannot be built from
/// outside: samples have to be recorded into it. Hence each series remembers what it has seen, to
/// tell a runtime that is installed later.
pub(crate) struct Gathered<V: SampleValue> {
    labels: Arc<SeriesLabels>,
    sinks: Arc<HistogramSinks<V>>,
    past: Past<V>,
    /// The sinks that this series is bound to.
    bound: Vec<(SinkId, BoundSink<V>)>,
    /// Whether a runtime has ever been told.
    told: bool,
}

/// A series with more samples begins anew for a runtime that is installed after another one.
const MAX_RETOLD: u64 = 1_000_000;

/// The runtimes that a histogram's samples go to.
#[derive(Debug)]
pub(crate) struct HistogramSinks<V> {
    boundaries: &'static [f64],
    sinks: Mutex<Vec<HistogramSink<V>>>,
    refused: AtomicU64,
}

/// One runtime's instrument.
#[derive(Debug)]
pub(crate) struct HistogramSink<V> {
    pub(crate) id: SinkId,
    pub(crate) samples: Box<dyn SampleSink<V>>,
}

/// An aggregation of samples outside of the recording core.
pub(crate) trait SampleSink<V>: fmt::Debug + Send + Sync {
    /// What aggregates the samples of one series.
    fn bind(&self, labels: &SeriesLabels) -> BoundSink<V>;
}

/// Aggregates the samples that it is called with.
pub(crate) type BoundSink<V> = Box<dyn Fn(V) + Send>;

/// Names the runtime that a sink belongs to.
pub(crate) type SinkId = usize;

impl<V: SampleValue> Gathered<V> {
    pub(crate) fn new(labels: Arc<SeriesLabels>, sinks: Arc<HistogramSinks<V>>) -> Self {
        Self { labels, sinks, past: Past::default(), bound: Vec::new(), told: false }
    }
}

impl<V: SampleValue> Distribution for Gathered<V> {
    fn take(&mut self, bits: u64) {
        if self.past.is_empty() {
            self.bind();
        }
        let value = V::from_bits(bits);
        if !self.past.push(value, self.sinks.boundaries) {
            self.sinks.refused.fetch_add(1, Ordering::Relaxed);
            return;
        }
        for (_, bound) in &self.bound {
            bound(value);
        }
    }

    /// A series without samples stays unbound: the SDK would export it with a minimum above its
    /// maximum.
    fn follow(&mut self) {
        if !self.past.is_empty() {
            self.bind();
        }
    }

    fn is_empty(&self) -> bool {
        self.past.is_empty()
    }

    fn summary(&self) -> Summary {
        self.past.summary(self.sinks.boundaries)
    }
}

impl<V: SampleValue> Gathered<V> {
    /// Binds to sinks that have come since, telling them the past, and lets go of those that went.
    fn bind(&mut self) {
        let sinks = self.sinks.lock();
        self.bound.retain(|(id, _)| sinks.iter().any(|sink| sink.id == *id));
        for sink in sinks.iter() {
            if !self.bound.iter().any(|(id, _)| *id == sink.id) {
                let bound = sink.samples.bind(&self.labels);
                // What no runtime has seen is never lost. What one has seen is told to a later one
                // as long as the telling, during which nobody can record, is short.
                if !self.told || self.past.count() <= MAX_RETOLD {
                    self.past.tell(self.sinks.boundaries, &bound);
                }
                self.told = true;
                self.bound.push((sink.id, bound));
            }
        }
    }
}

impl<V: SampleValue> HistogramSinks<V> {
    pub(crate) fn new(boundaries: &'static [f64]) -> Self {
        Self { boundaries, sinks: Mutex::default(), refused: AtomicU64::new(0) }
    }

    pub(crate) fn add(&self, sink: HistogramSink<V>) {
        self.lock().push(sink);
    }

    pub(crate) fn remove(&self, id: SinkId) {
        self.lock().retain(|sink| sink.id != id);
    }

    /// Samples that would have made a sum infinite.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<HistogramSink<V>>> {
        lock(&self.sinks)
    }
}
