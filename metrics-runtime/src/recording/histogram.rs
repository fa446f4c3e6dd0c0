use std::sync::{
    Mutex, MutexGuard, PoisonError, RwLock,
    atomic::{AtomicUsize, Ordering},
};

use opentelemetry::KeyValue;

use super::Number;
use crate::{
    descriptor::MetricDescriptor,
    provider::{Attachment, BoundHistogram, SdkHistogram},
};

/// The value types of histograms: `f64` and `u64`.
#[diagnostic::on_unimplemented(message = "histograms have `f64` or `u64` values, not `{Self}`")]
pub trait HistogramValue: Number {
    /// Creates the SDK's instrument.
    #[doc(hidden)]
    fn histogram(to: &Attachment<'_>, of: &'static MetricDescriptor) -> SdkHistogram<Self>;
    /// The nearest value of this type.
    #[doc(hidden)]
    fn from_f64(value: f64) -> Self;
    /// Splits a sum into `count` equal parts, the remainder spread over the first ones.
    #[doc(hidden)]
    fn parts(sum: Self, count: u64) -> impl Iterator<Item = Self>;
    #[doc(hidden)]
    #[must_use]
    fn minus(self, other: Self) -> Self;
}

impl HistogramValue for f64 {
    fn histogram(to: &Attachment<'_>, of: &'static MetricDescriptor) -> SdkHistogram<Self> {
        to.f64_histogram(of)
    }

    fn from_f64(value: f64) -> Self {
        value
    }

    fn parts(sum: Self, count: u64) -> impl Iterator<Item = Self> {
        (0..count).map(move |_| sum / count as f64)
    }

    fn minus(self, other: Self) -> Self {
        self - other
    }
}

impl HistogramValue for u64 {
    fn histogram(to: &Attachment<'_>, of: &'static MetricDescriptor) -> SdkHistogram<Self> {
        to.u64_histogram(of)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, which is the nearest value"
    )]
    fn from_f64(value: f64) -> Self {
        value.round() as Self
    }

    fn parts(sum: Self, count: u64) -> impl Iterator<Item = Self> {
        (0..count).map(move |i| sum / count + Self::from(i < sum % count))
    }

    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }
}

/// One series of a histogram.
///
/// The SDK aggregates, one aggregation for each runtime, and its data points cannot be built from
/// outside: samples have to be recorded into it. Hence each series remembers what it has seen, to
/// tell a runtime that is installed later.
#[derive(Debug)]
pub(crate) struct HistogramCell<V: HistogramValue> {
    state: Mutex<State<V>>,
}

#[derive(Debug)]
struct State<V: HistogramValue> {
    past: Past<V>,
    /// The sinks that this series is bound to, of the generation that was current then.
    bound: Vec<(SinkId, BoundHistogram<V>)>,
    generation: usize,
    /// Whether a runtime has ever been told.
    told: bool,
}

/// A series with more samples begins anew for a runtime that is installed after another one.
const MAX_RETOLD: u64 = 1_000_000;

/// The runtimes that a histogram's samples go to.
#[derive(Debug)]
pub(crate) struct HistogramSinks<V: HistogramValue> {
    sinks: RwLock<Vec<HistogramSink<V>>>,
    generation: AtomicUsize,
}

/// One runtime's instrument.
#[derive(Clone, Debug)]
pub(crate) struct HistogramSink<V: HistogramValue> {
    pub(crate) id: SinkId,
    pub(crate) histogram: SdkHistogram<V>,
}

/// Names the runtime that a sink belongs to.
pub(crate) type SinkId = usize;

impl<V: HistogramValue> Default for HistogramCell<V> {
    fn default() -> Self {
        let past = Past::Exact(Vec::new());
        Self { state: Mutex::new(State { past, bound: Vec::new(), generation: 0, told: false }) }
    }
}

impl<V: HistogramValue> HistogramCell<V> {
    pub(crate) fn record(
        &self,
        value: V,
        buckets: &[f64],
        attributes: &[KeyValue],
        sinks: &HistogramSinks<V>,
    ) {
        let mut state = self.lock();
        state.follow(sinks, attributes);
        state.past.push(value, buckets);
        for (_, bound) in &state.bound {
            bound.record(value);
        }
    }

    /// Brings the sinks up to date. A series without samples stays unbound: the SDK would export
    /// it with a minimum above its maximum.
    pub(crate) fn sync(&self, attributes: &[KeyValue], sinks: &HistogramSinks<V>) {
        let mut state = self.lock();
        if !state.past.is_empty() {
            state.follow(sinks, attributes);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: HistogramValue> State<V> {
    /// Binds to sinks that have come since, telling them the past, and lets go of those that went.
    fn follow(&mut self, sinks: &HistogramSinks<V>, attributes: &[KeyValue]) {
        let generation = sinks.generation.load(Ordering::Acquire);
        if self.generation == generation {
            return;
        }
        let sinks = sinks.sinks.read().unwrap_or_else(PoisonError::into_inner);
        self.bound.retain(|(id, _)| sinks.iter().any(|sink| sink.id == *id));
        for sink in sinks.iter() {
            if !self.bound.iter().any(|(id, _)| *id == sink.id) {
                let bound = sink.histogram.bind(attributes);
                // What no runtime has seen is never lost. What one has seen is told to a later one
                // as long as the telling, during which nobody can record, is short.
                if !self.told || self.past.count() <= MAX_RETOLD {
                    self.past.replay(&bound);
                }
                self.told = true;
                self.bound.push((sink.id, bound));
            }
        }
        self.generation = generation;
    }
}

impl<V: HistogramValue> Default for HistogramSinks<V> {
    fn default() -> Self {
        Self { sinks: RwLock::default(), generation: AtomicUsize::new(0) }
    }
}

impl<V: HistogramValue> HistogramSinks<V> {
    pub(crate) fn add(&self, sink: HistogramSink<V>) {
        self.change(|sinks| sinks.push(sink));
    }

    pub(crate) fn remove(&self, id: SinkId) {
        self.change(|sinks| sinks.retain(|sink| sink.id != id));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<HistogramSink<V>>)) {
        let mut sinks = self.sinks.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut sinks);
        self.generation.fetch_add(1, Ordering::Release);
    }
}

/// What a series has seen: the samples themselves while they are few, then count, sum, minimum and
/// maximum for each declared bucket, in bounded memory.
#[derive(Debug)]
enum Past<V> {
    Exact(Vec<V>),
    Folded(Box<[Bucket<V>]>),
}

#[derive(Clone, Debug)]
struct Bucket<V> {
    count: u64,
    sum: V,
    min: V,
    max: V,
}

/// Samples that are kept one by one. Up to here a runtime may have other boundaries than the
/// declared ones and still count every early sample in the right bucket.
const EXACT: usize = 256;

impl<V: HistogramValue> Past<V> {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Exact(samples) if samples.is_empty())
    }

    fn push(&mut self, value: V, boundaries: &[f64]) {
        match self {
            Self::Exact(samples) if samples.len() < EXACT => samples.push(value),
            Self::Exact(samples) => {
                let empty = Bucket { count: 0, sum: V::ZERO, min: V::ZERO, max: V::ZERO };
                let mut buckets = vec![empty; boundaries.len() + 1].into_boxed_slice();
                for sample in samples.iter().copied().chain([value]) {
                    buckets[bucket_of(sample, boundaries)].push(sample);
                }
                *self = Self::Folded(buckets);
            }
            Self::Folded(buckets) => buckets[bucket_of(value, boundaries)].push(value),
        }
    }

    fn count(&self) -> u64 {
        match self {
            Self::Exact(samples) => samples.len() as u64,
            Self::Folded(buckets) => buckets.iter().map(|bucket| bucket.count).sum(),
        }
    }

    fn replay(&self, sink: &BoundHistogram<V>) {
        match self {
            Self::Exact(samples) => samples.iter().for_each(|sample| sink.record(*sample)),
            Self::Folded(buckets) => buckets.iter().for_each(|bucket| bucket.replay(sink)),
        }
    }
}

fn bucket_of<V: Number>(value: V, boundaries: &[f64]) -> usize {
    boundaries.partition_point(|boundary| *boundary < value.to_f64())
}

impl<V: HistogramValue> Bucket<V> {
    fn push(&mut self, value: V) {
        if self.count == 0 {
            (self.min, self.max) = (value, value);
        } else if value < self.min {
            self.min = value;
        } else if value > self.max {
            self.max = value;
        }
        self.count += 1;
        self.sum = self.sum.plus(value);
    }

    /// Records as many samples as there were, of the same sum, minimum and maximum.
    fn replay(&self, sink: &BoundHistogram<V>) {
        if self.count > 0 {
            sink.record(self.min);
        }
        if self.count > 1 {
            sink.record(self.max);
        }
        if self.count > 2 {
            let rest = self.sum.minus(self.min).minus(self.max);
            for part in V::parts(rest, self.count - 2) {
                // Rounding must not carry a mean out of its bucket.
                let part = if part < self.min { self.min } else { part };
                sink.record(if part > self.max { self.max } else { part });
            }
        }
    }
}
