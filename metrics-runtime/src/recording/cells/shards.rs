use std::cell;

use super::{
    cell::{Arithmetic, Cell, Chunk, NOBODY},
    sync::{CELLS, CHUNKS, Mutex, MutexGuard, PoisonError},
};

/// All cells of the process: for each slot one that is shared, and one in each thread that has
/// recorded there.
///
/// A thread is the only one who writes to its cells, without locks. What concerns more than one of
/// them happens under a lock: to read a series is to sum up its cells, and a thread that ends adds
/// its own to the shared ones under the same lock, so that a reader counts them in one place or in
/// the other, never twice or not at all.
#[derive(Debug)]
pub(crate) struct Shards {
    ledger: Mutex<Ledger>,
}

/// The place of a series among the cells, and whose it is. What is recorded through one whose
/// series has ended is dropped.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub(super) slot: u32,
    pub(super) tenant: u32,
    pub(super) shared: &'static Cell,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
    /// Sums of integers.
    Integers,
    /// Sums of floats that only grow.
    GrowingFloats,
    /// Sums of floats.
    Floats,
    /// Values that are set, in the shared cells alone.
    Values,
}

/// The cells that a thread owns, by the chunk.
pub(super) type Owned = [cell::Cell<Option<&'static Chunk>>; CHUNKS];

#[derive(Debug)]
struct Ledger {
    columns: Vec<Column>,
    /// Slots whose series have ended, with the next tenant's number.
    vacant: Vec<Vacant>,
}

/// The chunks of the same slots.
#[derive(Debug)]
struct Column {
    usage: Usage,
    /// Slots that have been let.
    used: usize,
    shared: &'static Chunk,
    owned: Vec<&'static Chunk>,
    /// Chunks of threads that have ended.
    spare: Vec<&'static Chunk>,
    /// What was read last, where a sum must not go back: rounding depends on the order of adding,
    /// and a thread that ends changes that.
    floors: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
struct Vacant {
    usage: Usage,
    slot: u32,
    next_tenant: u32,
}

impl Usage {
    fn arithmetic(self) -> Arithmetic {
        match self {
            Self::Integers | Self::Values => Arithmetic::Integer,
            Self::GrowingFloats | Self::Floats => Arithmetic::Float,
        }
    }
}

impl Place {
    /// Whether its series has not ended.
    pub(crate) fn is_let(&self) -> bool {
        self.shared.is_of(self.tenant)
    }

    /// Whether anything was ever recorded for its series, unless that has ended.
    pub(crate) fn was_written(&self) -> bool {
        self.shared.was_written() && self.is_let()
    }

    /// The cell that all threads share.
    pub(crate) fn shared(&self) -> &'static Cell {
        self.shared
    }

    /// Sets the value of a series that can end, unless it has.
    pub(crate) fn set(&self, bits: u64) {
        self.shared.set_of(self.tenant, bits);
    }

    /// Takes the value of a series that can end.
    pub(crate) fn clear(&self) {
        self.shared.clear_of(self.tenant);
    }

    /// The value, if one is set and the series has not ended.
    pub(crate) fn value(&self) -> Option<u64> {
        self.shared.value_of(self.tenant)
    }

    /// The chunk that has its slot, among a thread's own.
    #[inline]
    pub(super) fn chunk(&self) -> usize {
        self.slot as usize / CELLS
    }

    #[inline]
    pub(super) fn add_to_own(
        &self,
        owned: &Owned,
        bits: u64,
        arithmetic: Arithmetic,
    ) -> Option<bool> {
        let chunk = owned.get(self.chunk())?.get()?;
        chunk.cell(self.slot).add_alone(self.tenant, bits, arithmetic)
    }
}

impl Default for Shards {
    fn default() -> Self {
        Self { ledger: Mutex::new(Ledger { columns: Vec::new(), vacant: Vec::new() }) }
    }
}

impl Shards {
    /// A place for a new series.
    pub(super) fn claim(&self, usage: Usage) -> Place {
        let mut ledger = self.ledger();
        let place = ledger.vacant(usage);
        place.shared.let_to(place.tenant);
        place
    }

    /// Ends a series. Its place goes to another one.
    pub(super) fn release(&self, place: Place) {
        let mut ledger = self.ledger();
        if !place.is_let() {
            return;
        }
        place.shared.leave();
        let usage = ledger.column(place).usage;
        // A slot that has had every tenant stays empty.
        if let Some(next_tenant) = place.tenant.checked_add(1).filter(|next| *next < NEVER) {
            ledger.vacant.push(Vacant { usage, slot: place.slot, next_tenant });
        }
    }

    /// Prepares a thread's own cell for a series. `false` if the series has ended.
    pub(super) fn adopt(&self, owned: &Owned, place: Place) -> bool {
        let mut ledger = self.ledger();
        if !place.is_let() {
            return false;
        }
        let Some(own) = owned.get(place.chunk()) else { return false };
        let column = ledger.column(place);
        let chunk = own.get().unwrap_or_else(|| {
            let vacant = || &*Box::leak(Box::new(Chunk::vacant()));
            let chunk = column.spare.pop().unwrap_or_else(vacant);
            column.owned.push(chunk);
            own.set(Some(chunk));
            chunk
        });
        chunk.cell(place.slot).let_to(place.tenant);
        // Once for each thread, so that the adding itself need not.
        place.shared.mark_written();
        true
    }

    /// Takes the cells of a thread that ends: what it has added goes to the shared cells.
    pub(super) fn take_back(&self, owned: &Owned) {
        let mut ledger = self.ledger();
        for (own, column) in owned.iter().zip(&mut ledger.columns) {
            if let Some(chunk) = own.take() {
                column.take_back(chunk);
            }
        }
    }

    /// Reads the sums of any number of series, all at one moment.
    pub(super) fn read(
        &self,
        places: impl Iterator<Item = Place>,
        mut each: impl FnMut(Option<u64>),
    ) {
        let mut ledger = self.ledger();
        for place in places {
            each(place.is_let().then(|| ledger.column(place).sum(place)));
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A tenant that no cell ever has.
pub(super) const NEVER: u32 = u32::MAX;

impl Ledger {
    fn column(&mut self, place: Place) -> &mut Column {
        &mut self.columns[place.chunk()]
    }

    /// A slot that nobody has, and the number of its next tenant.
    fn vacant(&mut self, usage: Usage) -> Place {
        let columns = &self.columns;
        let is_free = |vacant: &Vacant| {
            let shared = || columns[vacant.slot as usize / CELLS].shared.cell(vacant.slot);
            vacant.usage == usage && !shared().has_guests()
        };
        if let Some(at) = self.vacant.iter().rposition(is_free) {
            let Vacant { slot, next_tenant, .. } = self.vacant.swap_remove(at);
            let column = &mut self.columns[slot as usize / CELLS];
            if let Some(floor) = column.floors.get_mut(slot as usize % CELLS) {
                *floor = 0.0;
            }
            return Place { slot, tenant: next_tenant, shared: column.shared.cell(slot) };
        }
        let open = |column: &Column| column.usage == usage && column.used < CELLS;
        let index = self.columns.iter().rposition(open).unwrap_or_else(|| {
            self.columns.push(Column::new(usage));
            self.columns.len() - 1
        });
        let column = &mut self.columns[index];
        let slot = u32::try_from(index * CELLS + column.used).unwrap_or(u32::MAX);
        column.used += 1;
        Place { slot, tenant: NOBODY + 1, shared: column.shared.cell(slot) }
    }
}

impl Column {
    fn new(usage: Usage) -> Self {
        let floors = if usage == Usage::GrowingFloats { CELLS } else { 0 };
        Self {
            usage,
            used: 0,
            shared: Box::leak(Box::new(Chunk::vacant())),
            owned: Vec::new(),
            spare: Vec::new(),
            floors: vec![0.0; floors],
        }
    }

    fn sum(&mut self, place: Place) -> u64 {
        let arithmetic = self.usage.arithmetic();
        let cells = self.owned.iter().map(|chunk| chunk.cell(place.slot));
        let of_tenant = cells.filter(|cell| cell.is_of(place.tenant));
        let sum = of_tenant
            .fold(place.shared.bits(), |sum, cell| arithmetic.saturating_sum(sum, cell.bits()));
        let Some(floor) = self.floors.get_mut(place.slot as usize % CELLS) else { return sum };
        *floor = floor.max(f64::from_bits(sum));
        floor.to_bits()
    }

    fn take_back(&mut self, chunk: &'static Chunk) {
        for (own, shared) in chunk.cells().iter().zip(self.shared.cells()) {
            let tenant = own.tenant();
            if tenant != NOBODY && shared.is_of(tenant) {
                shared.add_saturating(own.bits(), self.usage.arithmetic());
            }
            own.let_to(NOBODY);
        }
        self.owned.retain(|owned| !std::ptr::eq(*owned, chunk));
        self.spare.push(chunk);
    }
}
