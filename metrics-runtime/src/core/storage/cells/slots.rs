use std::sync::LazyLock;

use super::{
    cell::{Arithmetic, Cell, Chunk, GATE, VACANT},
    sync::{CELLS, Mutex, MutexGuard, lock_unless_lost},
};

/// The slots of all series whose values are single numbers.
///
/// A slot has a shared cell, and in each shard a cell that only the thread of the shard writes.
/// Reading takes no lock; beginning and ending a series does.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    table: Mutex<SlotTable>,
}

/// The slot of a series among the cells, and its generation. A value that is recorded through a
/// reference to a generation that has ended is dropped.
#[derive(Clone, Copy, Debug)]
pub struct SlotRef {
    /// The generation in the upper half, the slot in the lower half: a reference of two fields is
    /// passed in registers.
    at: u64,
    shared: &'static Cell,
}

/// The values that the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    /// Sums.
    Sums,
    /// Values that are set, which are in the shared cells only.
    LastValues,
}

#[derive(Debug, Default)]
struct SlotTable {
    columns: Vec<Column>,
    free_sums: Vec<FreeSlot>,
    free_last_values: Vec<FreeSlot>,
}

/// A range of slots.
#[derive(Debug)]
struct Column {
    kind: CellKind,
    /// Slots that have been assigned.
    used: usize,
    shared: &'static Chunk,
}

/// A slot whose series has ended.
#[derive(Clone, Copy, Debug)]
struct FreeSlot {
    slot: u32,
    next_generation: u32,
}

static SLOTS: LazyLock<Slots> = LazyLock::new(Slots::default);

/// A slot for a new series.
pub(crate) fn claim(kind: CellKind) -> SlotRef {
    SLOTS.claim(kind)
}

/// Ends a series. Its slot can go to another series.
pub(crate) fn release(slot: SlotRef) {
    SLOTS.release(slot);
}

/// The discard slot: every value that is recorded there is dropped.
pub(crate) fn discard_slot() -> SlotRef {
    static CELL: LazyLock<Cell> = LazyLock::new(Cell::vacant);
    SlotRef::new(0, RETIRED, &CELL)
}

impl PartialEq for SlotRef {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl SlotRef {
    fn new(slot: u32, generation: u32, shared: &'static Cell) -> Self {
        Self { at: u64::from(generation) << 32 | u64::from(slot), shared }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the upper half is the generation")]
    pub(super) fn slot(self) -> u32 {
        self.at as u32
    }

    #[inline]
    fn generation(self) -> u32 {
        (self.at >> 32) as u32
    }

    /// Distinguishes the series from all others.
    pub(crate) fn key(&self) -> u64 {
        self.at
    }

    /// Whether the series has not ended.
    pub(crate) fn is_current(&self) -> bool {
        self.shared.is_current(self.generation())
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
        self.shared.set_of(self.generation(), bits);
    }

    /// Removes the value of a series that can end.
    pub(crate) fn clear(&self) {
        self.shared.clear_of(self.generation());
    }

    /// The value, if one is set and the series has not ended.
    pub(crate) fn value(&self) -> Option<u64> {
        self.shared.value_of(self.generation())
    }

    /// The column of the slot, which is also the index of its chunk in a shard.
    #[inline]
    pub(crate) fn column(&self) -> usize {
        self.slot() as usize / CELLS
    }

    /// Adds to the cell in the chunk of a shard, on the only thread that writes to it. Returns
    /// whether the value was added: an infinite sum is refused. `None` if the cell belongs to
    /// another series.
    #[inline]
    pub(crate) fn add_to_own(
        &self,
        chunk: &Chunk,
        bits: u64,
        arithmetic: Arithmetic,
    ) -> Option<bool> {
        chunk.cell(self.slot()).add_alone(self.generation(), bits, arithmetic)
    }

    /// Assigns the cell in the chunk of a shard to this series, closes its gate, and adds to it, on
    /// the only thread that writes to it. Returns whether the value was added.
    pub(crate) fn adopt_and_add(&self, chunk: &Chunk, bits: u64, arithmetic: Arithmetic) -> bool {
        let cell = chunk.cell(self.slot());
        cell.adopt(self.generation());
        // Marked once for each thread, so that an addition does not have to.
        self.shared.mark_written();
        // A collection may open the gate at any moment, also now: it does not stop this addition.
        cell.add_adopted(bits, arithmetic)
    }

    /// Whether the cell in the chunk of a shard belongs to this series, and its gate is closed.
    pub(crate) fn has_cell_behind_closed_gate(&self, chunk: &Chunk) -> bool {
        chunk.cell(self.slot()).is_current(self.generation())
    }

    /// Opens the gate of the series in the chunk of a shard, on any thread.
    pub(crate) fn open_gate(&self, chunk: &Chunk) {
        chunk.cell(self.slot()).open_gate(self.generation());
    }

    /// Opens the gate again behind a sample that has become no exemplar, unless so many `samples`
    /// have become none. Called on the only thread that writes to the chunk.
    pub(crate) fn leave_open(&self, chunk: &Chunk, samples: u32) {
        chunk.cell(self.slot()).leave_open(self.generation(), samples);
    }

    /// Adds to the shared cell.
    pub(crate) fn add_to_shared(&self, bits: u64, arithmetic: Arithmetic) -> bool {
        self.shared.add_shared(self.generation(), bits, arithmetic)
    }

    /// The sum of the cells in these chunks and of the shared cell. `None` if the series has ended.
    ///
    /// The order of the chunks must be the same each time, so that a sum of floats that only grows
    /// is not rounded to a smaller one.
    pub(crate) fn sum<'a>(
        &self,
        chunks: impl Iterator<Item = &'a Chunk>,
        arithmetic: Arithmetic,
    ) -> Option<u64> {
        let cells = chunks.filter_map(|chunk| chunk.cell(self.slot()).sum_of(self.generation()));
        let sum = cells.fold(self.shared.bits(), |sum, bits| arithmetic.saturating_sum(sum, bits));
        // Checked after the cells are read: in the cells of a later series are other sums.
        self.is_current().then_some(sum)
    }
}

impl Slots {
    /// A slot for a new series; the discard slot if the lock is lost.
    pub(super) fn claim(&self, kind: CellKind) -> SlotRef {
        let Some(mut table) = self.table() else { return discard_slot() };
        let slot = table.take_free(kind);
        slot.shared.assign(slot.generation());
        slot
    }

    /// Ends a series. Its slot can go to another series.
    pub(super) fn release(&self, slot: SlotRef) {
        let Some(mut table) = self.table() else { return };
        if !slot.is_current() {
            return;
        }
        slot.shared.vacate();
        let kind = table.columns[slot.column()].kind;
        // A slot that has had its last generation is never assigned again.
        if let Some(next_generation) = slot.generation().checked_add(1).filter(|next| *next < GATE)
        {
            let free = FreeSlot { slot: slot.slot(), next_generation };
            match kind {
                CellKind::Sums => table.free_sums.push(free),
                CellKind::LastValues => table.free_last_values.push(free),
            }
        }
    }

    fn table(&self) -> Option<MutexGuard<'_, SlotTable>> {
        lock_unless_lost(&self.table)
    }
}

/// The generation of the discard slot, which no other cell ever has.
pub(super) const RETIRED: u32 = u32::MAX;

impl SlotTable {
    /// A vacant slot, with its next generation.
    fn take_free(&mut self, kind: CellKind) -> SlotRef {
        let columns = &self.columns;
        let shared = |slot: u32| columns[slot as usize / CELLS].shared.cell(slot);
        let free = match kind {
            CellKind::Sums => &mut self.free_sums,
            CellKind::LastValues => &mut self.free_last_values,
        };
        if let Some(at) = free.iter().rposition(|free| !shared(free.slot).has_writers()) {
            let FreeSlot { slot, next_generation } = free.swap_remove(at);
            return SlotRef::new(slot, next_generation, shared(slot));
        }
        let open = |column: &Column| column.kind == kind && column.used < CELLS;
        let index = self.columns.iter().rposition(open).unwrap_or_else(|| {
            self.columns.push(Column::new(kind));
            self.columns.len() - 1
        });
        let column = &mut self.columns[index];
        let slot = u32::try_from(index * CELLS + column.used).unwrap_or(u32::MAX);
        column.used += 1;
        SlotRef::new(slot, VACANT + 1, column.shared.cell(slot))
    }
}

impl Column {
    fn new(kind: CellKind) -> Self {
        Self { kind, used: 0, shared: Box::leak(Box::new(Chunk::vacant())) }
    }
}
