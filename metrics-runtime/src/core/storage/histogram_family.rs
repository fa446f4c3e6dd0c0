use std::{
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::{
    exemplars::{self, Exemplar},
    histograms::{
        BoundSink, HistogramChunk, HistogramRef, HistogramSlot, Layout, Native, OwnBoundaries,
        SampleValue, SinkId, Tally, TimeUnit,
    },
    series::{AllSeries, AnyLabels, Family, SeriesLabels, SeriesStorage},
    shards::{self, SHARDS},
};
use crate::core::{
    descriptor::{LabelSet, MetricDescriptor},
    sync::{ReentrancyGuard, lock_unless_lost},
};

/// The storage of series whose values are distributions of samples.
#[derive(Debug)]
pub struct HistogramStorage<V: 'static> {
    /// Absent if the unit is not a unit of time.
    unit: Option<TimeUnit>,
    shared: Mutex<Shared<V>>,
    /// Whether jobs of handlers with other boundaries came to a series that has samples.
    mixed: AtomicBool,
    /// Whether it was logged.
    mixed_logged: AtomicBool,
}

/// What is common to all series of a histogram.
#[derive(Debug)]
struct Shared<V: 'static> {
    layout: &'static Layout,
    native: Native,
    /// The last series of slots whose series have ended.
    free: Vec<HistogramRef<V>>,
    sinks: Vec<HistogramSink<V>>,
}

/// An aggregation of the samples of a histogram outside of the recording core.
pub(crate) struct HistogramSink<V> {
    pub(crate) id: SinkId,
    pub(crate) bind: BindSeries<V>,
}

/// Gives what aggregates the samples of the series with these labels.
pub(crate) type BindSeries<V> = Box<dyn Fn(&SeriesLabels) -> BoundSink<V> + Send>;

impl<V: SampleValue> HistogramStorage<V> {
    fn of(descriptor: &MetricDescriptor) -> Self {
        let layout = Layout::of(descriptor.buckets).native_if(descriptor.native);
        let native = Native::chosen_if(descriptor.native);
        let shared = Shared { layout, native, free: Vec::new(), sinks: Vec::new() };
        Self {
            unit: TimeUnit::of(descriptor.unit),
            shared: Mutex::new(shared),
            mixed: AtomicBool::new(false),
            mixed_logged: AtomicBool::new(false),
        }
    }

    /// A slot for a new series, with boundaries of its own if it has some.
    fn claim_with(&self, own: Option<OwnBoundaries>, labels: &SeriesLabels) -> HistogramRef<V> {
        let _guard = ReentrancyGuard::enter();
        let Some(mut shared) = lock_unless_lost(&self.shared) else { return V::ended_series() };
        let layout = own.map_or(shared.layout, |own| own.layout.native_as(shared.layout));
        let free = shared.free.pop().and_then(|ended| ended.next(layout));
        let series = free.unwrap_or_else(|| HistogramSlot::leak(layout));
        if let Some(own) = own {
            series.set_own(own);
        }
        shared.follow(labels, series);
        series
    }
}

impl<V: SampleValue> SeriesStorage for HistogramStorage<V> {
    type Slot = HistogramRef<V>;

    fn claim(&self, labels: &Arc<SeriesLabels>) -> HistogramRef<V> {
        self.claim_with(None, labels)
    }

    fn release(&self, series: HistogramRef<V>) {
        let _guard = ReentrancyGuard::enter();
        if series.end()
            && let Some(mut shared) = lock_unless_lost(&self.shared)
        {
            shared.free.push(series);
        }
    }

    fn discard_slot(&self) -> HistogramRef<V> {
        V::ended_series()
    }

    #[inline]
    fn is_current(&self, series: HistogramRef<V>) -> bool {
        series.is_current()
    }

    fn was_recorded(&self, series: HistogramRef<V>) -> bool {
        series.was_written()
    }
}

/// The storage of a histogram, for series with boundaries of their own.
#[derive(Debug)]
struct WithOwnBoundaries<V: 'static> {
    storage: &'static HistogramStorage<V>,
    own: OwnBoundaries,
}

impl<V: SampleValue> SeriesStorage for WithOwnBoundaries<V> {
    type Slot = HistogramRef<V>;

    fn claim(&self, labels: &Arc<SeriesLabels>) -> HistogramRef<V> {
        self.storage.claim_with(Some(self.own), labels)
    }

    fn release(&self, series: HistogramRef<V>) {
        self.storage.release(series);
    }

    fn discard_slot(&self) -> HistogramRef<V> {
        self.storage.discard_slot()
    }

    fn is_current(&self, series: HistogramRef<V>) -> bool {
        self.storage.is_current(series)
    }

    fn was_recorded(&self, series: HistogramRef<V>) -> bool {
        self.storage.was_recorded(series)
    }
}

/// The chunks of all shards in a column.
fn chunks(column: usize) -> impl Iterator<Item = &'static HistogramChunk> {
    SHARDS.iter().filter_map(move |shard| shard.histograms.get(column))
}

/// A metric whose values are distributions.
pub(crate) type HistogramFamily<V> = Family<HistogramStorage<V>, HistogramRef<V>>;

impl<V: SampleValue> HistogramFamily<V> {
    pub(crate) fn leak(descriptor: &'static MetricDescriptor) -> &'static Self {
        Box::leak(Box::new(Self::new(descriptor, HistogramStorage::of(descriptor))))
    }

    /// Records a value, unless it is infinite or NaN, or would make the sum infinite.
    #[inline]
    pub(crate) fn record(&self, series: HistogramRef<V>, value: V) {
        if !write(series, value) {
            self.drop_sample();
        }
    }

    /// Records a duration, unless the metric's unit is not a unit of time.
    #[inline]
    pub(crate) fn record_duration(&self, series: HistogramRef<V>, duration: Duration) {
        match self.storage.unit {
            Some(unit) => self.record(series, V::from_f64(unit.number(duration))),
            None => self.drop_sample(),
        }
    }

    /// Makes sure that the series of these labels exists, with these boundaries unless it has
    /// samples. Beyond a limit there is no series.
    pub(crate) fn lay_out<L: LabelSet>(&'static self, labels: &L, boundaries: &'static [f64]) {
        let series = self.existing_slot(None, labels);
        if !series.is_some_and(|series| series.has_own(boundaries)) {
            self.lay_out_unknown(series, labels, boundaries);
        }
    }

    #[cold]
    fn lay_out_unknown(
        &'static self,
        series: Option<HistogramRef<V>>,
        labels: &dyn AnyLabels,
        boundaries: &'static [f64],
    ) {
        let own = OwnBoundaries::of(boundaries);
        let storage = WithOwnBoundaries { storage: &self.storage, own };
        let series = series.or_else(|| self.begin(labels, &storage));
        if series.is_some_and(|series| !series.set_own(own)) {
            self.storage.mixed.store(true, Ordering::Relaxed);
        }
    }

    /// Logs once that jobs of handlers with other boundaries share a series. Called by collections:
    /// the code that records may be the code that logs.
    pub(crate) fn log_mixed_boundaries(&self) {
        let HistogramStorage { mixed, mixed_logged, .. } = &self.storage;
        if mixed.load(Ordering::Relaxed) && !mixed_logged.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                metric = self.descriptor.name,
                declared_at = %self.descriptor.declaration(),
                "a handler with `buckets` shares a series with jobs that have other boundaries; the \
                 series keeps those that it began with; give the jobs of the handler a label of \
                 their own"
            );
        }
    }

    /// Calls `each` with the layout and the distribution of each series, in the order of the
    /// returned labels, and with its exemplars in the order of their values. A series that has
    /// ended meanwhile has no distribution. Returns also why the layouts are native, if they are.
    pub(crate) fn read_distributions(
        &self,
        mut each: impl FnMut(&'static Layout, Option<&Tally<V>>, &[Exemplar]),
    ) -> (AllSeries, Native) {
        let all = self.index();
        let shared = lock_unless_lost(&self.storage.shared);
        let Some((layout, native)) = shared.map(|shared| (shared.layout, shared.native)) else {
            return (Arc::new([]), Native::Absent);
        };
        let (mut tally, mut scratch) = (Tally::empty(layout), Vec::new());
        let mut kept = Vec::new();
        for series in &*all.slots {
            let mut of_series = series.layout(layout);
            let exists = loop {
                if std::ptr::eq(tally.layout, of_series) {
                    tally.clear();
                } else {
                    tally = Tally::empty(of_series);
                }
                let exists = series.read(chunks, &mut scratch, &mut tally);
                // A sample outside of its window may have come meanwhile.
                let now = series.layout(layout);
                if std::ptr::eq(now, of_series) {
                    break exists;
                }
                of_series = now;
            };
            kept.clear();
            if exemplars::are_on() {
                series.exemplars(&mut kept);
            }
            each(of_series, exists.then_some(&tally), &kept);
        }
        (Arc::clone(&all.labels), native)
    }

    /// The samples of a series in a single bucket; none if the series has ended.
    pub(crate) fn total(series: HistogramRef<V>) -> Tally<V> {
        let _guard = ReentrancyGuard::enter();
        let mut tally = Tally::empty(Layout::empty());
        if !series.read(chunks, &mut Vec::new(), &mut tally) {
            tally.clear();
        }
        tally
    }

    /// Sets the boundaries, configured ones or the declared ones, and whether there are native
    /// buckets beside them. Series with boundaries of their own keep them. Returns whether there
    /// are samples that were counted by others.
    pub(crate) fn set_buckets(&self, configured: Option<&[f64]>, native: Native) -> bool {
        let _guard = ReentrancyGuard::enter();
        let layout = Layout::of(configured.unwrap_or(self.descriptor.buckets));
        let layout = layout.native_if(native != Native::Absent);
        self.between_series(|| {
            if let Some(mut shared) = lock_unless_lost(&self.storage.shared) {
                shared.layout = layout;
                shared.native = native;
            }
        });
        let all = self.index();
        all.slots.iter().fold(false, |counted, series| series.set_layout(layout) | counted)
    }

    /// Passes the samples of every series to one more aggregation: those so far, and all later
    /// ones.
    pub(crate) fn attach(&self, sink: HistogramSink<V>) {
        let _guard = ReentrancyGuard::enter();
        let Some(mut shared) = lock_unless_lost(&self.storage.shared) else { return };
        shared.sinks.push(sink);
        drop(shared);
        self.catch_up();
    }

    pub(crate) fn detach(&self, id: SinkId) {
        let _guard = ReentrancyGuard::enter();
        if let Some(mut shared) = lock_unless_lost(&self.storage.shared) {
            shared.sinks.retain(|sink| sink.id != id);
        }
        self.index().slots.iter().for_each(|series| series.detach(id));
    }

    /// Makes sure that the sinks have every sample that was recorded until now.
    pub(crate) fn catch_up(&self) {
        let _guard = ReentrancyGuard::enter();
        let all = self.index();
        let Some(shared) = lock_unless_lost(&self.storage.shared) else { return };
        for (labels, series) in all.labels.iter().zip(&*all.slots) {
            shared.follow(labels, *series);
        }
    }
}

impl<V: SampleValue> Shared<V> {
    /// Binds a series to the sinks, and passes its samples to them.
    fn follow(&self, labels: &SeriesLabels, series: HistogramRef<V>) {
        for sink in &self.sinks {
            series.follow(sink.id, || (sink.bind)(labels), chunks);
        }
    }
}

/// Adds a sample to a series. Returns `false` if it has to be dropped.
#[inline]
fn write<V: SampleValue>(series: HistogramRef<V>, value: V) -> bool {
    let (column, line) = series.cell();
    let chunk = shards::histograms(column);
    chunk.is_some_and(|chunk| series.write_quickly(chunk, line, value))
        || write_slowly(series, value)
}

/// The complete [`write()`]: also to a series for which this thread does not have a cell yet, or
/// whose gate is open.
#[cold]
#[inline(never)]
fn write_slowly<V: SampleValue>(series: HistogramRef<V>, value: V) -> bool {
    // A sample for a series that has ended is dropped.
    if !series.is_current() {
        return true;
    }
    let (column, line) = series.cell_behind_gate();
    let own = shards::histograms(column).or_else(|| shards::own_histograms(column));
    if let Some(chunk) = own {
        let written = series.write(chunk, line, value).or_else(|| {
            series.adopt(chunk, line);
            series.write(chunk, line, value)
        });
        if let Some(written) = written {
            if written {
                series.offer(value);
            }
            return written;
        }
    }
    series.write_shared(value)
}

impl<V> fmt::Debug for HistogramSink<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistogramSink").field("id", &self.id).finish_non_exhaustive()
    }
}
