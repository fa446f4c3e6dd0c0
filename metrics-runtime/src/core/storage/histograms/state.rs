use std::fmt;

use super::{
    columns::{CellPlace, claim_cell},
    layout::Layout,
    replay::replay,
    sample::Sample,
    tally::Tally,
};
use crate::core::storage::exemplars::Exemplar;

/// What a slot knows of its series beside the samples in cells. It is guarded by the lock of the
/// slot.
#[derive(Debug)]
pub(crate) struct SlotState<V> {
    layout: &'static Layout,
    /// The place of the cell of this layout in each shard, once it is needed. It belongs to the
    /// slot for good.
    cell: Option<CellPlace>,
    /// Absent for most slots.
    more: Option<Box<More<V>>>,
    /// At most one of each bucket with declared boundaries.
    exemplars: Vec<Exemplar>,
}

struct More<V> {
    /// The samples one by one, as long as there are few and no runtime was installed.
    early: Option<Vec<V>>,
    /// Samples of threads without a shard, early samples in buckets, and samples that went to
    /// sinks: a distribution for each layout that the slot had at that time.
    shared: Vec<Tally<V>>,
    sinks: Vec<(SinkId, BoundSink<V>)>,
    /// The samples in cells that the sinks have got.
    passed: Option<Tally<V>>,
    /// The cells of layouts that the slot had before.
    earlier_cells: Vec<(&'static Layout, CellPlace)>,
}

/// Aggregates the samples that it is called with.
pub(crate) type BoundSink<V> = Box<dyn Fn(V) + Send>;

/// Names the runtime that a sink belongs to.
pub(crate) type SinkId = usize;

/// Samples that are kept one by one. Up to here configured boundaries count every early sample in
/// the right bucket.
const KEPT: usize = 256;

/// A series with more samples begins anew for an aggregation that comes later: the replay would
/// hold up recording.
const MAX_REPLAYED: u64 = 1_000_000;

impl<V: Sample> SlotState<V> {
    pub(super) fn new(layout: &'static Layout) -> Self {
        Self { layout, cell: None, more: None, exemplars: Vec::new() }
    }

    pub(super) fn layout(&self) -> &'static Layout {
        self.layout
    }

    fn more(&mut self) -> &mut More<V> {
        self.more.get_or_insert_default()
    }

    /// Removes the samples and the sinks.
    pub(super) fn clear(&mut self) {
        self.exemplars.clear();
        if let Some(more) = self.more.take()
            && !more.earlier_cells.is_empty()
        {
            self.more().earlier_cells = more.earlier_cells;
        }
    }

    /// Whether there are samples, or may be, that are not in the cells of the layout.
    pub(super) fn has_more(&self) -> bool {
        self.more.is_some()
    }

    /// Begins to keep samples one by one.
    pub(super) fn keep_samples(&mut self) {
        self.more().early = Some(Vec::new());
    }

    /// Whether all samples are kept one by one.
    pub(super) fn keeps_samples(&self) -> bool {
        self.more.as_ref().is_some_and(|more| more.early.is_some())
    }

    /// Whether every sample has to come here, and none goes into a cell alone.
    pub(super) fn takes_every_sample(&self) -> bool {
        let takes_all = |more: &More<V>| more.early.is_some() || !more.sinks.is_empty();
        self.more.as_deref().is_some_and(takes_all)
    }

    /// The place of the cell.
    pub(super) fn cell(&mut self) -> CellPlace {
        *self.cell.get_or_insert_with(|| claim_cell(self.layout))
    }

    /// The places of all cells that may have samples of the series.
    pub(super) fn cells(&self) -> impl Iterator<Item = CellPlace> {
        let earlier = self.more.as_deref().map_or(&[][..], |more| &more.earlier_cells);
        self.cell.into_iter().chain(earlier.iter().map(|(_, cell)| *cell))
    }

    /// Adds a sample, unless it is infinite or NaN, or its sum would become infinite. Returns
    /// whether it was added.
    pub(super) fn add(&mut self, value: V) -> bool {
        if !value.is_finite() {
            return false;
        }
        self.change_layout(self.layout.including(value.to_f64()));
        let layout = self.layout;
        let more = self.more();
        if let Some(early) = &mut more.early {
            let sum = early.iter().try_fold(V::ZERO, |sum, sample| sum.checked_plus(*sample));
            if sum.and_then(|sum| sum.checked_plus(value)).is_none() {
                return false;
            }
            early.push(value);
            if early.len() > KEPT {
                more.count_early(layout);
            }
            return true;
        }
        let added = more.shared(layout).add(value);
        if added {
            more.sinks.iter().for_each(|(_, sink)| sink(value));
        }
        added
    }

    /// Keeps the exemplar of a sample in place of an earlier one of its bucket.
    pub(super) fn keep_exemplar(&mut self, value: V, exemplar: Exemplar) {
        let classic = self.layout.classic();
        let bucket_of = |exemplar: &Exemplar| classic.bucket(exemplar.value.to_f64());
        let bucket = classic.bucket(value.to_f64());
        match self.exemplars.iter().position(|known| bucket_of(known) == bucket) {
            Some(at) => self.exemplars[at] = exemplar,
            None => self.exemplars.push(exemplar),
        }
    }

    /// The exemplars, in any order.
    pub(super) fn exemplars(&self) -> &[Exemplar] {
        &self.exemplars
    }

    /// Adds the samples that are not in cells to a distribution.
    pub(super) fn merge_into(&self, tally: &mut Tally<V>) {
        let Some(more) = &self.more else { return };
        for value in more.early.iter().flatten() {
            tally.add(*value);
        }
        more.shared.iter().for_each(|shared| tally.merge(shared));
    }

    /// Gives the slot another layout. Samples that are kept one by one are counted in it. A native
    /// layout reaches as far as the one before.
    pub(super) fn set_layout(&mut self, layout: &'static Layout) {
        let layout = layout.including_layout(self.layout);
        if let Some(more) = &mut self.more {
            more.count_early(layout);
        }
        self.change_layout(layout);
    }

    /// Gives the slot a layout for samples that come.
    pub(super) fn change_layout(&mut self, layout: &'static Layout) {
        if std::ptr::eq(self.layout, layout) {
            return;
        }
        if !std::ptr::eq(self.layout.classic(), layout.classic()) {
            self.exemplars.clear();
        }
        let earlier = std::mem::replace(&mut self.layout, layout);
        let Some(cell) = self.cell.take() else { return };
        let cells = &mut self.more().earlier_cells;
        let same = cells.iter().position(|(known, _)| std::ptr::eq(*known, layout));
        let cell_of_layout = same.map(|at| cells.swap_remove(at).1);
        cells.push((earlier, cell));
        self.cell = cell_of_layout;
    }

    /// Adds a sink, and passes the samples so far to it. `in_cells` are those that are in cells.
    pub(super) fn attach(&mut self, id: SinkId, sink: BoundSink<V>, in_cells: Tally<V>) {
        self.catch_up(&in_cells);
        let layout = self.layout;
        let mut so_far = Tally::empty(layout);
        so_far.merge(&in_cells);
        let more = self.more();
        match &more.early {
            Some(early) => {
                for value in early {
                    sink(*value);
                }
                more.count_early(layout);
            }
            None => {
                more.shared.iter().for_each(|shared| so_far.merge(shared));
                if so_far.count <= MAX_REPLAYED {
                    replay(&so_far, &sink);
                }
            }
        }
        more.sinks.push((id, sink));
        more.passed = Some(in_cells);
    }

    pub(super) fn detach(&mut self, id: SinkId) {
        let Some(more) = &mut self.more else { return };
        more.sinks.retain(|(other, _)| *other != id);
        if more.sinks.is_empty() {
            more.passed = None;
        }
    }

    pub(super) fn has_sink(&self, id: SinkId) -> bool {
        self.more.as_ref().is_some_and(|more| more.sinks.iter().any(|(known, _)| *known == id))
    }

    /// Passes samples to the sinks that went into cells although there were sinks: threads that
    /// were about to record when the first sink came.
    pub(super) fn catch_up(&mut self, in_cells: &Tally<V>) {
        let Some(more) = &mut self.more else { return };
        let Some(passed) = &mut more.passed else { return };
        if in_cells.count > passed.count {
            let missing = in_cells.since(passed);
            more.sinks.iter().for_each(|(_, sink)| replay(&missing, sink));
            *passed = in_cells.clone();
        }
    }
}

impl<V: Sample> More<V> {
    /// Counts the samples that are kept one by one in buckets.
    fn count_early(&mut self, layout: &'static Layout) {
        for value in self.early.take().into_iter().flatten() {
            self.shared(layout).add(value);
        }
    }

    /// The samples that are counted in a layout.
    fn shared(&mut self, layout: &'static Layout) -> &mut Tally<V> {
        let is_of_layout = |shared: &Tally<V>| std::ptr::eq(shared.layout, layout);
        let at = self.shared.iter().position(is_of_layout).unwrap_or_else(|| {
            self.shared.push(Tally::empty(layout));
            self.shared.len() - 1
        });
        &mut self.shared[at]
    }
}

impl<V> Default for More<V> {
    fn default() -> Self {
        Self {
            early: None,
            shared: Vec::new(),
            sinks: Vec::new(),
            passed: None,
            earlier_cells: Vec::new(),
        }
    }
}

impl<V> fmt::Debug for More<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("More").field("sinks", &self.sinks.len()).finish_non_exhaustive()
    }
}
