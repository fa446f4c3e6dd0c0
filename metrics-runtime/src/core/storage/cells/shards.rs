use std::cell;

use super::{
    cell::{Arithmetic, Cell, Chunk, VACANT},
    sync::{CELLS, CHUNKS, Mutex, MutexGuard, PoisonError},
};

/// All cells of the process: for each slot one shared cell, and one cell in each thread that has
/// recorded there.
///
/// A thread is the only writer of its cells, and writes without locks. Operations on several
/// threads' cells take a lock: a reader of a series sums up its cells, and a thread that ends adds
/// its own cells to the shared cells, so that a reader counts each value exactly once.
#[derive(Debug)]
pub(crate) struct Shards {
    table: Mutex<SlotTable>,
}

/// The slot of a series among the cells, and its generation. A value that is recorded through a
/// reference to a generation that has ended is dropped.
#[derive(Clone, Copy, Debug)]
pub struct SlotRef {
    pub(super) slot: u32,
    pub(super) generation: u32,
    pub(super) shared: &'static Cell,
}

/// The values that the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// Sums of integers.
    Integers,
    /// Sums of floats that only grow.
    GrowingFloats,
    /// Sums of floats.
    Floats,
    /// Values that are set, which are in the shared cells only.
    LastValues,
}

/// The cells that a thread owns, by chunk.
pub(super) type LocalChunks = [cell::Cell<Option<&'static Chunk>>; CHUNKS];

#[derive(Debug)]
struct SlotTable {
    columns: Vec<ChunkColumn>,
    /// Slots whose series have ended.
    free: Vec<FreeSlot>,
}

/// The chunks of one range of slots: the shared chunk, and a chunk of each thread.
#[derive(Debug)]
struct ChunkColumn {
    kind: CellKind,
    /// Slots that have been assigned.
    used: usize,
    shared: &'static Chunk,
    owned: Vec<&'static Chunk>,
    /// Chunks of threads that have ended.
    spare: Vec<&'static Chunk>,
    /// The sums that were read last, where a sum must not go back: rounding depends on the order of
    /// adding, and a thread that ends changes the order.
    floors: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct FreeSlot {
    kind: CellKind,
    slot: u32,
    next_generation: u32,
}

impl CellKind {
    fn arithmetic(self) -> Arithmetic {
        match self {
            Self::Integers | Self::LastValues => Arithmetic::Integer,
            Self::GrowingFloats | Self::Floats => Arithmetic::Float,
        }
    }
}

impl PartialEq for SlotRef {
    fn eq(&self, other: &Self) -> bool {
        (self.slot, self.generation) == (other.slot, other.generation)
    }
}

impl SlotRef {
    /// Whether the series has not ended.
    pub(crate) fn is_current(&self) -> bool {
        self.shared.is_current(self.generation)
    }

    /// Whether a value was ever recorded for the series. `false` if the series has ended.
    pub(crate) fn was_written(&self) -> bool {
        self.shared.was_written() && self.is_current()
    }

    /// The cell that all threads share.
    pub(crate) fn shared(&self) -> &'static Cell {
        self.shared
    }

    /// Sets the value of a series that can end, unless it has ended.
    pub(crate) fn set(&self, bits: u64) {
        self.shared.set_of(self.generation, bits);
    }

    /// Removes the value of a series that can end.
    pub(crate) fn clear(&self) {
        self.shared.clear_of(self.generation);
    }

    /// The value, if one is set and the series has not ended.
    pub(crate) fn value(&self) -> Option<u64> {
        self.shared.value_of(self.generation)
    }

    /// The index of the slot's chunk among the chunks of a thread.
    #[inline]
    pub(super) fn chunk(&self) -> usize {
        self.slot as usize / CELLS
    }

    #[inline]
    pub(super) fn add_to_own(
        &self,
        owned: &LocalChunks,
        bits: u64,
        arithmetic: Arithmetic,
    ) -> Option<bool> {
        let chunk = owned.get(self.chunk())?.get()?;
        chunk.cell(self.slot).add_alone(self.generation, bits, arithmetic)
    }
}

impl Default for Shards {
    fn default() -> Self {
        Self { table: Mutex::new(SlotTable { columns: Vec::new(), free: Vec::new() }) }
    }
}

impl Shards {
    /// A slot for a new series.
    pub(super) fn claim(&self, kind: CellKind) -> SlotRef {
        let mut table = self.table();
        let slot = table.take_free(kind);
        slot.shared.assign(slot.generation);
        slot
    }

    /// Ends a series. Its slot can go to another series.
    pub(super) fn release(&self, slot: SlotRef) {
        let mut table = self.table();
        if !slot.is_current() {
            return;
        }
        slot.shared.vacate();
        let kind = table.column(slot).kind;
        // A slot that has had its last generation is never assigned again.
        if let Some(next_generation) = slot.generation.checked_add(1).filter(|next| *next < RETIRED)
        {
            table.free.push(FreeSlot { kind, slot: slot.slot, next_generation });
        }
    }

    /// Prepares a thread's own cell for a series. `false` if the series has ended.
    pub(super) fn adopt(&self, owned: &LocalChunks, slot: SlotRef) -> bool {
        let mut table = self.table();
        if !slot.is_current() {
            return false;
        }
        let Some(own) = owned.get(slot.chunk()) else { return false };
        let column = table.column(slot);
        let chunk = own.get().unwrap_or_else(|| {
            let new = || &*Box::leak(Box::new(Chunk::vacant()));
            let chunk = column.spare.pop().unwrap_or_else(new);
            column.owned.push(chunk);
            own.set(Some(chunk));
            chunk
        });
        chunk.cell(slot.slot).assign(slot.generation);
        // Marked once for each thread, so that an addition does not have to.
        slot.shared.mark_written();
        true
    }

    /// Retires the cells of a thread that ends: their values are added to the shared cells.
    pub(super) fn retire(&self, owned: &LocalChunks) {
        let mut table = self.table();
        for (own, column) in owned.iter().zip(&mut table.columns) {
            if let Some(chunk) = own.take() {
                column.retire(chunk);
            }
        }
    }

    /// Reads the sums of any number of series at one moment.
    pub(super) fn read(
        &self,
        slots: impl Iterator<Item = SlotRef>,
        mut each: impl FnMut(Option<u64>),
    ) {
        let mut table = self.table();
        for slot in slots {
            each(slot.is_current().then(|| table.column(slot).sum(slot)));
        }
    }

    fn table(&self) -> MutexGuard<'_, SlotTable> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The generation of the discard slot, which no other cell ever has.
pub(super) const RETIRED: u32 = u32::MAX;

impl SlotTable {
    fn column(&mut self, slot: SlotRef) -> &mut ChunkColumn {
        &mut self.columns[slot.chunk()]
    }

    /// A vacant slot, with its next generation.
    fn take_free(&mut self, kind: CellKind) -> SlotRef {
        let columns = &self.columns;
        let is_free = |free: &FreeSlot| {
            let shared = || columns[free.slot as usize / CELLS].shared.cell(free.slot);
            free.kind == kind && !shared().has_writers()
        };
        if let Some(at) = self.free.iter().rposition(is_free) {
            let FreeSlot { slot, next_generation, .. } = self.free.swap_remove(at);
            let column = &mut self.columns[slot as usize / CELLS];
            if let Some(floor) = column.floors.get_mut(slot as usize % CELLS) {
                *floor = 0.0;
            }
            return SlotRef { slot, generation: next_generation, shared: column.shared.cell(slot) };
        }
        let open = |column: &ChunkColumn| column.kind == kind && column.used < CELLS;
        let index = self.columns.iter().rposition(open).unwrap_or_else(|| {
            self.columns.push(ChunkColumn::new(kind));
            self.columns.len() - 1
        });
        let column = &mut self.columns[index];
        let slot = u32::try_from(index * CELLS + column.used).unwrap_or(u32::MAX);
        column.used += 1;
        SlotRef { slot, generation: VACANT + 1, shared: column.shared.cell(slot) }
    }
}

impl ChunkColumn {
    fn new(kind: CellKind) -> Self {
        let floors = if kind == CellKind::GrowingFloats { CELLS } else { 0 };
        Self {
            kind,
            used: 0,
            shared: Box::leak(Box::new(Chunk::vacant())),
            owned: Vec::new(),
            spare: Vec::new(),
            floors: vec![0.0; floors],
        }
    }

    fn sum(&mut self, slot: SlotRef) -> u64 {
        let arithmetic = self.kind.arithmetic();
        let cells = self.owned.iter().map(|chunk| chunk.cell(slot.slot));
        let of_generation = cells.filter(|cell| cell.is_current(slot.generation));
        let sum = of_generation
            .fold(slot.shared.bits(), |sum, cell| arithmetic.saturating_sum(sum, cell.bits()));
        let Some(floor) = self.floors.get_mut(slot.slot as usize % CELLS) else { return sum };
        *floor = floor.max(f64::from_bits(sum));
        floor.to_bits()
    }

    fn retire(&mut self, chunk: &'static Chunk) {
        for (own, shared) in chunk.cells().iter().zip(self.shared.cells()) {
            let generation = own.generation();
            if generation != VACANT && shared.is_current(generation) {
                shared.add_saturating(own.bits(), self.kind.arithmetic());
            }
            own.assign(VACANT);
        }
        self.owned.retain(|owned| !std::ptr::eq(*owned, chunk));
        self.spare.push(chunk);
    }
}
