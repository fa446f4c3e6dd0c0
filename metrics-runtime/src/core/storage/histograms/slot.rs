use std::sync::{
    LazyLock, Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicU32, AtomicUsize},
};

use super::{
    cell::Written,
    chunk::HistogramChunk,
    columns::CellPlace,
    early::are_early,
    layout::{Layout, OwnBoundaries},
    sample::Sample,
    state::{BoundSink, SinkId, SlotState},
    sync::{AtomicU64, Ordering},
    tally::Tally,
};
use crate::core::{
    storage::exemplars::{self, Exemplar, ExemplarLabelsId, SAMPLES},
    sync::{ReentrancyGuard, lock, lock_unless_lost},
};

/// One series of a histogram at a time: where its samples go.
#[derive(Debug)]
pub(crate) struct HistogramSlot<V> {
    /// The generation, in the upper half; 0 without a series. The place of the cell of the series
    /// in each shard, in the lower half; that of no cell if samples do not go into a cell alone, or
    /// if the gate is open.
    place: AtomicU64,
    /// The place of the cell, also if the gate is open.
    cell: AtomicU32,
    /// The samples that can still become exemplars: the gate is open. 0 if it is closed.
    gate: AtomicU32,
    /// Whether a sample was recorded for the series.
    written: AtomicBool,
    /// Whether `state` knows of samples, or of cells with samples, beside the cell in `place`.
    has_more: AtomicBool,
    /// The address of the list of boundaries that the series has of its own; 0 if it has those of
    /// its metric. Changed under the lock of `state`.
    own: AtomicUsize,
    state: Mutex<SlotState<V>>,
}

/// A series of a histogram. A sample that is recorded through a reference to a series that has
/// ended is dropped.
#[derive(Debug)]
pub struct HistogramRef<V: 'static> {
    slot: &'static HistogramSlot<V>,
    /// The labels of an exemplar that the look-up has kept in the upper half, the generation in the
    /// lower half: a reference of two fields is passed in registers.
    at: u64,
}

/// The generation that no slot has: a cell knows 16 bits of a generation, and must not be taken for
/// that of an earlier series.
const RETIRED: u32 = 1 << 16;

impl<V> Clone for HistogramRef<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for HistogramRef<V> {}

impl<V> HistogramRef<V> {
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is the labels")]
    fn generation(self) -> u32 {
        self.at as u32
    }

    /// The labels of an exemplar that the look-up has kept.
    #[inline]
    pub(crate) fn exemplar_labels(self) -> ExemplarLabelsId {
        ExemplarLabelsId::from_bits((self.at >> 32) as u32)
    }

    /// The reference of a look-up that has kept these labels of an exemplar.
    #[inline]
    pub(crate) fn with_exemplar_labels(self, labels: ExemplarLabelsId) -> Self {
        let at = u64::from(labels.to_bits()) << 32 | u64::from(self.generation());
        Self { at, ..self }
    }
}

impl<V> PartialEq for HistogramRef<V> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.slot, other.slot) && self.generation() == other.generation()
    }
}

/// The type of a histogram's samples: `f64` or `u64`.
#[doc(hidden)]
pub trait SampleValue: Sample {
    /// A series that has ended: every sample that is recorded there is dropped.
    fn ended_series() -> HistogramRef<Self>;
}

macro_rules! sample_values {
    ($($number:ty)*) => {$(
        impl SampleValue for $number {
            fn ended_series() -> HistogramRef<Self> {
                static SLOT: LazyLock<HistogramSlot<$number>> =
                    LazyLock::new(|| HistogramSlot::vacant(Layout::empty()));
                HistogramRef { slot: &SLOT, at: u64::from(RETIRED) }
            }
        }
    )*};
}
sample_values! { f64 u64 }

/// The upper half of a place.
#[inline]
fn generation_of(place: u64) -> u32 {
    (place >> 32) as u32
}

/// The lower half of a place.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the upper half is the generation")]
fn cell_of(place: u64) -> CellPlace {
    CellPlace::from_bits(place as u32)
}

fn place_of(generation: u32, cell: CellPlace) -> u64 {
    u64::from(generation) << 32 | u64::from(cell.to_bits())
}

impl<V: Sample> HistogramSlot<V> {
    /// A slot without a series.
    pub(super) fn vacant(layout: &'static Layout) -> Self {
        Self {
            place: AtomicU64::new(place_of(0, CellPlace::NONE)),
            cell: AtomicU32::new(CellPlace::NONE.to_bits()),
            gate: AtomicU32::new(0),
            written: AtomicBool::new(false),
            has_more: AtomicBool::new(false),
            own: AtomicUsize::new(0),
            state: Mutex::new(SlotState::new(layout)),
        }
    }

    /// A new slot, with its first series.
    pub(crate) fn leak(layout: &'static Layout) -> HistogramRef<V> {
        let slot: &'static Self = Box::leak(Box::new(Self::vacant(layout)));
        slot.begin(lock(&slot.state), 1, layout)
    }

    /// Begins a series on a slot without one, whose state is locked.
    fn begin(
        &'static self,
        mut state: MutexGuard<'static, SlotState<V>>,
        generation: u32,
        layout: &'static Layout,
    ) -> HistogramRef<V> {
        state.change_layout(layout);
        if are_early() {
            state.keep_samples();
        }
        self.written.store(false, Ordering::Relaxed);
        self.own.store(0, Ordering::Relaxed);
        self.gate.store(if exemplars::are_on() { SAMPLES } else { 0 }, Ordering::Relaxed);
        self.go_to(generation, &mut state);
        HistogramRef { slot: self, at: u64::from(generation) }
    }

    /// Lets the samples of a series go where its state says.
    fn go_to(&self, generation: u32, state: &mut SlotState<V>) {
        let cell = if state.takes_every_sample() { CellPlace::NONE } else { state.cell() };
        self.has_more.store(state.has_more(), Ordering::Release);
        self.send_to(generation, cell);
    }

    /// Lets the samples of a series go to a cell, past the gate.
    fn send_to(&self, generation: u32, cell: CellPlace) {
        self.cell.store(cell.to_bits(), Ordering::Relaxed);
        let is_open = self.gate.load(Ordering::Relaxed) > 0;
        let quick = if is_open { CellPlace::NONE } else { cell };
        self.place.store(place_of(generation, quick), Ordering::Release);
    }
}

impl<V: Sample> HistogramRef<V> {
    /// Ends the series. Returns whether it had not ended before.
    pub(crate) fn end(&self) -> bool {
        let Some((_guard, mut state)) = self.lock() else { return false };
        if !self.is_current() {
            return false;
        }
        self.slot.place.store(place_of(0, CellPlace::NONE), Ordering::Release);
        state.clear();
        true
    }

    /// Begins the next series on the slot of this one, which has ended. `None` if the slot has had
    /// its last series, or if its lock is lost.
    pub(crate) fn next(&self, layout: &'static Layout) -> Option<Self> {
        let next = Some(self.generation() + 1).filter(|next| *next < RETIRED)?;
        let _guard = ReentrancyGuard::enter();
        let state = lock_unless_lost(&self.slot.state)?;
        Some(self.slot.begin(state, next, layout))
    }

    /// Whether the series has not ended.
    #[inline]
    pub(crate) fn is_current(&self) -> bool {
        generation_of(self.slot.place.load(Ordering::Acquire)) == self.generation()
    }

    /// Whether a sample was ever recorded for the series. `false` if the series has ended.
    pub(crate) fn was_written(&self) -> bool {
        self.slot.written.load(Ordering::Relaxed) && self.is_current()
    }

    /// The column of the cell of the series, which is also the index of its chunk in a shard, and
    /// the first line of the cell in the chunk. The column is beyond all columns if samples do not
    /// go into a cell alone, if the gate is open, or if the series has ended. If another series has
    /// the slot, the cell is not available for this one.
    #[inline]
    pub(crate) fn cell(&self) -> (usize, usize) {
        let cell = cell_of(self.slot.place.load(Ordering::Relaxed));
        (cell.column(), cell.line())
    }

    /// [`cell`](Self::cell), also if the gate is open.
    pub(crate) fn cell_behind_gate(&self) -> (usize, usize) {
        let cell = CellPlace::from_bits(self.slot.cell.load(Ordering::Relaxed));
        (cell.column(), cell.line())
    }

    /// Whether samples can become exemplars.
    pub(crate) fn is_gate_open(&self) -> bool {
        self.slot.gate.load(Ordering::Relaxed) > 0
    }

    /// Offers a sample that was added to become an exemplar.
    pub(crate) fn offer(&self, value: V) {
        if !self.is_gate_open() || ReentrancyGuard::is_active() {
            return;
        }
        let exemplar = exemplars::exemplar_of(value.to_value(), self.exemplar_labels());
        let _guard = ReentrancyGuard::enter();
        // Another thread that holds the lock offers a sample, or reads: the next sample is as good.
        let Ok(mut state) = self.slot.state.try_lock() else { return };
        let left = self.slot.gate.load(Ordering::Relaxed);
        if left == 0 || !self.is_current() {
            return;
        }
        if let Some(exemplar) = exemplar {
            state.keep_exemplar(value, exemplar);
        }
        self.slot.gate.store(left - 1, Ordering::Relaxed);
        if left == 1 {
            self.slot.go_to(self.generation(), &mut state);
        }
    }

    /// Appends the exemplars of the series in the order of their values, and opens its gate.
    pub(crate) fn exemplars(&self, exemplars: &mut Vec<Exemplar>) {
        let Some((_guard, mut state)) = self.lock() else { return };
        if !self.is_current() {
            return;
        }
        let of_others = exemplars.len();
        exemplars.extend_from_slice(state.exemplars());
        exemplars[of_others..].sort_by(|a, b| a.value.to_f64().total_cmp(&b.value.to_f64()));
        self.slot.gate.store(SAMPLES, Ordering::Relaxed);
        self.slot.go_to(self.generation(), &mut state);
    }

    /// The part of the generation that a cell knows.
    #[inline]
    fn of_cell(&self) -> u16 {
        (self.generation() & 0xFFFF) as u16
    }

    /// Adds a sample to a cell of the shard of this thread if nothing is unusual; does nothing and
    /// returns `false` otherwise.
    #[inline]
    pub(crate) fn write_quickly(&self, chunk: &HistogramChunk, line: usize, value: V) -> bool {
        chunk.write_quickly(line, self.of_cell(), value)
    }

    /// Adds a sample to a cell of the shard of this thread. Returns whether it was added: a sample
    /// that is infinite or NaN, or that would make the sum infinite, is not. `None` if the cell is
    /// not ready.
    pub(crate) fn write(&self, chunk: &HistogramChunk, line: usize, value: V) -> Option<bool> {
        match chunk.write(line, self.of_cell(), value) {
            Written::Yes => {
                // The first sample of a thread comes here, so that `write_quickly` does not have to
                // mark the series.
                self.slot.written.store(true, Ordering::Relaxed);
                Some(true)
            }
            Written::Refused => Some(false),
            Written::Unavailable => None,
        }
    }

    /// Prepares a cell of the shard of this thread for the series.
    pub(crate) fn adopt(&self, chunk: &HistogramChunk, line: usize) {
        chunk.adopt::<V>(line, self.of_cell());
    }

    /// Adds a sample under the lock of the slot. Returns `false` if the sample has to be dropped.
    pub(crate) fn write_shared(&self, value: V) -> bool {
        let Some((_guard, mut state)) = self.lock_unless_within() else { return false };
        if !self.is_current() {
            return true;
        }
        let (took_every_sample, layout) = (state.takes_every_sample(), state.layout());
        let added = state.add(value);
        self.slot.written.fetch_or(added, Ordering::Relaxed);
        self.slot.has_more.store(true, Ordering::Release);
        let is_other = !std::ptr::eq(state.layout(), layout);
        if is_other || (took_every_sample && !state.takes_every_sample()) {
            self.slot.go_to(self.generation(), &mut state);
        }
        added
    }

    /// The state. `None` if another lock holder may be this thread itself: an allocator that
    /// records must not wait for the thread that allocates.
    fn lock_unless_within(&self) -> Option<(ReentrancyGuard, MutexGuard<'static, SlotState<V>>)> {
        if !ReentrancyGuard::is_active() {
            return self.lock();
        }
        let guard = ReentrancyGuard::enter();
        self.slot.state.try_lock().ok().map(|state| (guard, state))
    }

    /// The state. `None` if the lock is lost.
    fn lock(&self) -> Option<(ReentrancyGuard, MutexGuard<'static, SlotState<V>>)> {
        let guard = ReentrancyGuard::enter();
        lock_unless_lost(&self.slot.state).map(|state| (guard, state))
    }

    /// Adds the samples of the series to a distribution, exactly. `chunks` gives the chunks of all
    /// shards in a column, each time in the same order, so that the sum of positive samples is
    /// never rounded to a smaller one. Returns `false` if the series has ended.
    pub(crate) fn read<I>(
        &self,
        chunks: impl Fn(usize) -> I,
        scratch: &mut Vec<u64>,
        tally: &mut Tally<V>,
    ) -> bool
    where
        I: Iterator<Item = &'static HistogramChunk>,
    {
        let place = self.slot.place.load(Ordering::Acquire);
        if generation_of(place) != self.generation() {
            return false;
        }
        // Behind an open gate there is a cell too.
        let is_in_cell = cell_of(place) != CellPlace::NONE;
        if is_in_cell && !self.slot.has_more.load(Ordering::Acquire) {
            self.read_cell(cell_of(place), &chunks, scratch, tally);
            // Checked after the cells are read: in the cells of a later series are other samples.
            return self.is_current();
        }
        let Some((_guard, state)) = self.lock() else { return false };
        if !self.is_current() {
            return false;
        }
        state.cells().for_each(|cell| self.read_cell(cell, &chunks, scratch, tally));
        state.merge_into(tally);
        true
    }

    fn read_cell<I>(
        &self,
        cell: CellPlace,
        chunks: &impl Fn(usize) -> I,
        scratch: &mut Vec<u64>,
        tally: &mut Tally<V>,
    ) where
        I: Iterator<Item = &'static HistogramChunk>,
    {
        for chunk in chunks(cell.column()) {
            chunk.read(cell.line(), self.of_cell(), scratch, tally);
        }
    }

    /// Gives the series the layout of its metric. A series with boundaries of its own keeps them,
    /// and is native if the metric is. Samples that are kept one by one are counted by the new
    /// boundaries. Returns whether there are samples that were counted by other boundaries.
    pub(crate) fn set_layout(&self, layout: &'static Layout) -> bool {
        let Some((_guard, mut state)) = self.lock() else { return false };
        if !self.is_current() {
            return false;
        }
        let has_own = self.slot.own.load(Ordering::Relaxed) != 0;
        let layout = if has_own { state.layout().native_as(layout) } else { layout };
        let is_other = !std::ptr::eq(state.layout().classic(), layout.classic());
        let was_counted = self.was_counted(&state);
        state.set_layout(layout);
        self.slot.go_to(self.generation(), &mut state);
        was_counted && is_other
    }

    /// Whether there are samples that were counted by boundaries.
    fn was_counted(&self, state: &SlotState<V>) -> bool {
        self.slot.written.load(Ordering::Relaxed) && !state.keeps_samples()
    }

    /// Whether these boundaries are known to be those of the series alone.
    #[inline]
    pub(crate) fn has_own(&self, boundaries: &'static [f64]) -> bool {
        self.slot.own.load(Ordering::Relaxed) == boundaries.as_ptr().addr()
    }

    /// Gives the series boundaries of its own, if no sample was counted by others. Returns whether
    /// the series has these boundaries.
    pub(crate) fn set_own(&self, own: OwnBoundaries) -> bool {
        let Some((_guard, mut state)) = self.lock() else { return true };
        // A sample for a series that has ended is dropped.
        if !self.is_current() {
            return true;
        }
        let is_other = !std::ptr::eq(state.layout().classic(), own.layout.classic());
        let is_own = self.slot.own.load(Ordering::Relaxed) != 0;
        if is_other && (is_own || self.was_counted(&state)) {
            return false;
        }
        if is_other {
            let layout = own.layout.native_as(state.layout());
            state.set_layout(layout);
            self.slot.go_to(self.generation(), &mut state);
        }
        self.slot.own.store(own.declared.as_ptr().addr(), Ordering::Relaxed);
        true
    }

    /// The layout of the series, which is that of its metric, or one of its own, or a native one
    /// that reaches farther. It is native if that of the metric is.
    pub(crate) fn layout(&self, of_metric: &'static Layout) -> &'static Layout {
        if self.slot.own.load(Ordering::Relaxed) == 0 && !of_metric.is_native() {
            return of_metric;
        }
        let of_series = self.lock().map_or(of_metric, |(_guard, state)| state.layout());
        of_series.native_as(of_metric)
    }

    /// Makes sure that a sink has every sample of the series that was recorded until now. A sink
    /// that is new to the series is bound to it, and gets the samples so far.
    pub(crate) fn follow<I>(
        &self,
        id: SinkId,
        bind: impl FnOnce() -> BoundSink<V>,
        chunks: impl Fn(usize) -> I,
    ) where
        I: Iterator<Item = &'static HistogramChunk>,
    {
        let Some((_guard, mut state)) = self.lock() else { return };
        if !self.is_current() {
            return;
        }
        if state.has_sink(id) {
            let in_cells = self.in_cells(&state, &chunks);
            state.catch_up(&in_cells);
            return;
        }
        // From here on samples come to the state, except those of threads that have read the place
        // before: they are passed on next time.
        self.slot.has_more.store(true, Ordering::Release);
        self.slot.send_to(self.generation(), CellPlace::NONE);
        let in_cells = self.in_cells(&state, &chunks);
        state.attach(id, bind(), in_cells);
    }

    pub(crate) fn detach(&self, id: SinkId) {
        let Some((_guard, mut state)) = self.lock() else { return };
        if self.is_current() {
            state.detach(id);
            self.slot.go_to(self.generation(), &mut state);
        }
    }

    fn in_cells<I>(&self, state: &SlotState<V>, chunks: &impl Fn(usize) -> I) -> Tally<V>
    where
        I: Iterator<Item = &'static HistogramChunk>,
    {
        let mut tally = Tally::empty(state.layout());
        let mut scratch = Vec::new();
        state.cells().for_each(|cell| self.read_cell(cell, chunks, &mut scratch, &mut tally));
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::storage::histograms::columns::layout_of_column;

    /// The only shard.
    struct OneShard {
        chunks: Vec<Option<&'static HistogramChunk>>,
    }

    impl OneShard {
        fn chunks(&self) -> impl Fn(usize) -> std::option::IntoIter<&'static HistogramChunk> {
            |column| self.chunks.get(column).copied().flatten().into_iter()
        }

        fn record<V: Sample>(&mut self, series: HistogramRef<V>, value: V) {
            let (column, cell) = series.cell_behind_gate();
            if !series.is_current() {
                return;
            }
            let Some(layout) = layout_of_column(column) else {
                assert!(series.write_shared(value));
                return;
            };
            if self.chunks.len() <= column {
                self.chunks.resize(column + 1, None);
            }
            let chunk = *self.chunks[column]
                .get_or_insert_with(|| Box::leak(Box::new(HistogramChunk::vacant(layout))));
            series.adopt(chunk, cell);
            assert_eq!(series.write(chunk, cell, value), Some(true));
        }

        fn read<V: Sample>(&self, series: HistogramRef<V>, layout: &'static Layout) -> Tally<V> {
            let mut tally = Tally::empty(layout);
            assert!(series.read(self.chunks(), &mut Vec::new(), &mut tally));
            tally
        }
    }

    /// A series of a slot, as it begins before a runtime is installed.
    fn early(layout: &'static Layout) -> HistogramRef<f64> {
        let slot: &'static HistogramSlot<f64> = Box::leak(Box::new(HistogramSlot::vacant(layout)));
        let mut state = lock(&slot.state);
        state.keep_samples();
        slot.go_to(1, &mut state);
        HistogramRef { slot, at: 1 }
    }

    #[test]
    fn early_samples_are_counted_exactly_in_boundaries_that_come_later() {
        let (declared, configured) = (Layout::of(&[10.0, 100.0]), Layout::of(&[25.0, 150.0]));
        let (mut shard, series) = (OneShard { chunks: Vec::new() }, early(declared));
        for sample in [1.0, 20.0, 30.0, 200.0] {
            shard.record(series, sample);
        }
        assert_eq!(*shard.read(series, declared).buckets, [1, 2, 1]);
        assert!(!series.set_layout(configured));
        shard.record(series, 150.0);
        let tally = shard.read(series, configured);
        assert_eq!(*tally.buckets, [2, 2, 1]);
        assert_eq!((tally.count, tally.sum), (5, 401.0));
    }

    #[test]
    fn more_samples_are_counted_at_the_upper_boundaries_of_their_buckets() {
        let (declared, configured) = (Layout::of(&[10.0, 100.0]), Layout::of(&[25.0, 150.0]));
        let (mut shard, series) = (OneShard { chunks: Vec::new() }, early(declared));
        for _ in 0..400 {
            shard.record(series, 5.0);
            shard.record(series, 20.0);
        }
        assert!(series.set_layout(configured));
        shard.record(series, 20.0);
        let tally = shard.read(series, configured);
        assert_eq!(*tally.buckets, [401, 400, 0]);
        assert_eq!((tally.count, tally.sum), (801, 400.0 * 25.0 + 20.0));
        // The samples in cells of these boundaries are exact again, earlier ones are not.
        assert!(series.set_layout(declared));
        let back = shard.read(series, declared);
        assert_eq!((back.count, back.sum), (tally.count, tally.sum));
        assert_eq!(back.buckets.iter().sum::<u64>(), back.count);
    }

    #[test]
    fn a_series_has_boundaries_of_its_own_if_none_of_its_samples_was_counted() {
        let metric = Layout::of(&[10.0, 100.0]);
        let own = OwnBoundaries::of(&[25.0, 150.0]);
        let (mut shard, series) = (OneShard { chunks: Vec::new() }, early(metric));
        shard.record(series, 20.0);
        assert!(series.set_own(own));
        assert!(series.has_own(own.declared));
        shard.record(series, 150.0);
        assert!(std::ptr::eq(series.layout(metric), own.layout));
        assert_eq!(*shard.read(series, own.layout).buckets, [1, 1, 0]);
        // Those of the metric change, and those of the series do not.
        assert!(!series.set_layout(Layout::of(&[1.0])));
        assert!(std::ptr::eq(series.layout(metric), own.layout));
        // Others with the same boundaries agree, and others do not.
        assert!(series.set_own(OwnBoundaries::of(vec![25.0, 150.0].leak())));
        assert!(!series.set_own(OwnBoundaries::of(&[1.0])));
        assert!(std::ptr::eq(series.layout(metric), own.layout));

        assert!(series.end());
        let next = series.next(metric).unwrap();
        assert!(std::ptr::eq(next.layout(metric), metric));
        shard.record(next, 20.0);
        if next.set_own(own) {
            // Before a runtime is installed, the sample was not counted yet.
            assert_eq!(*shard.read(next, own.layout).buckets, [1, 0, 0]);
        } else {
            assert_eq!(*shard.read(next, metric).buckets, [0, 1, 0]);
        }
    }

    #[test]
    fn early_samples_that_make_the_sum_infinite_are_refused() {
        let layout = Layout::of(&[1.0]);
        let (shard, series) = (OneShard { chunks: Vec::new() }, early(layout));
        let samples = [f64::MAX, f64::MAX, -f64::MAX, 1.0];
        assert_eq!(samples.map(|sample| series.write_shared(sample)), [true, false, true, true]);
        let tally = shard.read(series, layout);
        assert_eq!((tally.count, tally.sum), (3, 1.0));
    }

    #[test]
    fn a_series_that_ends_takes_its_samples_with_it() {
        let layout = Layout::of(&[1.0]);
        let mut shard = OneShard { chunks: Vec::new() };
        let first = HistogramSlot::<u64>::leak(layout);
        shard.record(first, 7);
        assert!(first.end());
        assert!(!first.end());
        let second = first.next(layout).unwrap();
        assert!(!second.was_written());
        assert_eq!(shard.read(second, layout).count, 0);
        shard.record(first, 100);
        shard.record(second, 3);
        let tally = shard.read(second, layout);
        assert_eq!((tally.count, tally.sum), (1, 3));
        assert!(!first.read(shard.chunks(), &mut Vec::new(), &mut Tally::empty(layout)));
    }

    #[test]
    fn samples_count_behind_an_open_gate_and_close_it() {
        let layout = Layout::of(&[1.0]);
        let mut shard = OneShard { chunks: Vec::new() };
        let series = HistogramSlot::<u64>::leak(layout);
        series.set_layout(layout);
        shard.record(series, 7);
        let closed = series.cell();
        let mut exemplars = Vec::new();
        for _ in 0..2 {
            series.exemplars(&mut exemplars);
            for _ in 0..SAMPLES {
                assert_eq!(series.cell().0, usize::from(u16::MAX), "beyond all columns");
                shard.record(series, 1);
                series.offer(1);
            }
            assert_eq!(series.cell(), closed);
            shard.record(series, 2);
        }
        assert_eq!(exemplars, [], "no runtime exports them");
        let tally = shard.read(series, layout);
        assert_eq!((tally.count, tally.sum), (131, 7 + 2 * (64 + 2)));

        // The next series of the slot has a gate of its own.
        series.exemplars(&mut exemplars);
        assert!(series.end());
        let next = series.next(layout).unwrap();
        series.exemplars(&mut exemplars);
        next.set_layout(layout);
        assert_eq!(next.cell(), closed);
    }

    #[test]
    fn a_sink_gets_the_samples_of_before_and_after_once() {
        use std::sync::{Arc, Mutex};

        let layout = Layout::of(&[1.0, 2.0]);
        let mut shard = OneShard { chunks: Vec::new() };
        let series = HistogramSlot::<u64>::leak(layout);
        for sample in [1, 1, 2, 9] {
            shard.record(series, sample);
        }
        let samples = Arc::new(Mutex::new(Vec::new()));
        let bind = || -> BoundSink<u64> {
            let samples = Arc::clone(&samples);
            Box::new(move |sample| samples.lock().unwrap().push(sample))
        };
        // A thread that was about to record in its cell.
        let (column, cell) = series.cell();
        let late = shard.chunks.get(column).copied().flatten();
        series.follow(1, bind, shard.chunks());
        series.follow(1, bind, shard.chunks());
        if let Some(late) = late {
            assert_eq!(series.write(late, cell, 4), Some(true));
        } else {
            shard.record(series, 4);
        }
        shard.record(series, 5);
        series.follow(1, bind, shard.chunks());
        let mut seen = samples.lock().unwrap().clone();
        seen.sort_unstable();
        assert_eq!(seen, [1, 1, 2, 4, 5, 9]);
        assert_eq!(shard.read(series, layout).count, 6);
        series.detach(1);
        shard.record(series, 6);
        assert_eq!(samples.lock().unwrap().len(), 6);
    }
}
