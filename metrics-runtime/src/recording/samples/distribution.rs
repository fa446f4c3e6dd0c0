use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::{HistogramFamily, Summary, past::Past, table::Distribution};
use crate::{
    descriptor::MetricDescriptor,
    instruments::InstrumentList,
    provider::{Attachment, BoundHistogram, SdkHistogram},
    recording::{Number, SeriesLabels},
};

/// The value types of histograms: `f64` and `u64`.
#[diagnostic::on_unimplemented(
    message = "histograms have `f64` or `u64` values, not `{Self}`",
    label = "neither `f64` nor `u64`"
)]
pub trait HistogramValue: Number {
    /// Creates the SDK's instrument.
    #[doc(hidden)]
    fn histogram(to: &Attachment<'_>, of: &'static MetricDescriptor) -> SdkHistogram<Self>;
    /// A histogram of such values, compiled where the values are known and not in the user's crate.
    #[doc(hidden)]
    fn family(
        of: &'static MetricDescriptor,
        of_set: &mut InstrumentList,
    ) -> &'static HistogramFamily<Self>;
    /// The nearest value of this type.
    #[doc(hidden)]
    fn from_f64(value: f64) -> Self;
    /// Splits a sum into `count` equal parts, the remainder spread over the first ones.
    #[doc(hidden)]
    fn parts(sum: Self, count: u64) -> impl Iterator<Item = Self>;
    #[doc(hidden)]
    #[must_use]
    fn minus(self, other: Self) -> Self;
    /// The value, or the nearest one above `above` and not above `to`: rounding must not carry a mean
    /// out of its bucket.
    #[doc(hidden)]
    #[must_use]
    fn within(self, above: Option<f64>, to: Option<f64>) -> Self;
}

impl HistogramValue for f64 {
    fn histogram(to: &Attachment<'_>, of: &'static MetricDescriptor) -> SdkHistogram<Self> {
        to.f64_histogram(of)
    }

    fn family(
        of: &'static MetricDescriptor,
        of_set: &mut InstrumentList,
    ) -> &'static HistogramFamily<Self> {
        let family = HistogramFamily::leak(of);
        of_set.push(family);
        family
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

    fn within(self, above: Option<f64>, to: Option<f64>) -> Self {
        let low = above.map_or(self, |above| self.max(above.next_up()));
        to.map_or(low, |to| low.min(to))
    }
}

impl HistogramValue for u64 {
    fn histogram(to: &Attachment<'_>, of: &'static MetricDescriptor) -> SdkHistogram<Self> {
        to.u64_histogram(of)
    }

    fn family(
        of: &'static MetricDescriptor,
        of_set: &mut InstrumentList,
    ) -> &'static HistogramFamily<Self> {
        let family = HistogramFamily::leak(of);
        of_set.push(family);
        family
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

    /// The parts of a sum of whole numbers are between the least and the greatest of them.
    fn within(self, _: Option<f64>, _: Option<f64>) -> Self {
        self
    }
}

/// The samples of one series.
///
/// The SDK aggregates, one aggregation for each runtime, and its data points cannot be built from
/// outside: samples have to be recorded into it. Hence each series remembers what it has seen, to
/// tell a runtime that is installed later.
#[derive(Debug)]
pub(crate) struct Gathered<V: HistogramValue> {
    labels: Arc<SeriesLabels>,
    sinks: Arc<HistogramSinks<V>>,
    past: Past<V>,
    /// The sinks that this series is bound to.
    bound: Vec<(SinkId, BoundHistogram<V>)>,
    /// Whether a runtime has ever been told.
    told: bool,
}

/// A series with more samples begins anew for a runtime that is installed after another one.
const MAX_RETOLD: u64 = 1_000_000;

/// The runtimes that a histogram's samples go to.
#[derive(Debug)]
pub(crate) struct HistogramSinks<V: HistogramValue> {
    boundaries: &'static [f64],
    sinks: Mutex<Vec<HistogramSink<V>>>,
    refused: AtomicU64,
}

/// One runtime's instrument.
#[derive(Clone, Debug)]
pub(crate) struct HistogramSink<V: HistogramValue> {
    pub(crate) id: SinkId,
    pub(crate) histogram: SdkHistogram<V>,
}

/// Names the runtime that a sink belongs to.
pub(crate) type SinkId = usize;

impl<V: HistogramValue> Gathered<V> {
    pub(crate) fn new(labels: Arc<SeriesLabels>, sinks: Arc<HistogramSinks<V>>) -> Self {
        Self { labels, sinks, past: Past::default(), bound: Vec::new(), told: false }
    }
}

impl<V: HistogramValue> Distribution for Gathered<V> {
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
            bound.record(value);
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

impl<V: HistogramValue> Gathered<V> {
    /// Binds to sinks that have come since, telling them the past, and lets go of those that went.
    fn bind(&mut self) {
        let sinks = self.sinks.lock();
        self.bound.retain(|(id, _)| sinks.iter().any(|sink| sink.id == *id));
        for sink in sinks.iter() {
            if !self.bound.iter().any(|(id, _)| *id == sink.id) {
                let bound = sink.histogram.bind(&self.labels.attributes);
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

impl<V: HistogramValue> HistogramSinks<V> {
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
        self.sinks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
