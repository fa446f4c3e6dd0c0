use super::sync::{AtomicU32, AtomicU64, CELLS, Ordering};

/// 64 bits of one series: its value, or the sum of one thread's additions.
///
/// A series that ends leaves its slot to another series, which is the next *generation* of the
/// slot. Every write and every read names its generation, so that a value never counts for a later
/// series.
#[derive(Debug)]
pub(crate) struct Cell {
    /// The generation that the bits belong to, and in a cell of one thread [`GATE`].
    generation: AtomicU32,
    /// Whether there is a value, for values that can be absent; whether a value was ever written
    /// for the generation; and the number of threads that write without a lock at this moment. A
    /// cell is not assigned again as long as a thread that has seen an earlier generation may
    /// write. In a cell of one thread: the samples that went through the gate and have become no
    /// exemplar.
    state: AtomicU32,
    bits: AtomicU64,
}

/// The generation of a cell that belongs to no series.
pub(super) const VACANT: u32 = 0;

/// In the generation of a cell that one thread writes: its next addition is to go the long way,
/// because it can become an exemplar.
pub(super) const GATE: u32 = 1 << 31;

/// In a cell's state: there is a value.
const PRESENT: u32 = 1;

/// In the state of a cell that all threads share: a value was recorded for its generation, in this
/// cell or in a thread's cell.
const WRITTEN: u32 = 2;

/// In a cell's state: one more thread that writes.
const WRITER: u32 = 4;

/// Cells that one thread writes, or that all threads share. No two threads write one cache line;
/// 128 bytes, because processors fetch lines in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Chunk {
    cells: [Cell; CELLS],
}

/// How the bits of a cell are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// The bits are unsigned integers, which only grow: a sum beyond the largest would go back.
    Unsigned,
    /// The bits are signed integers: in two's complement the wrapping sum of the bits is the sum of
    /// the numbers, also where the sums of single threads are beyond the range.
    Signed,
    /// The bits are a float.
    Float,
}

impl Arithmetic {
    /// The sum, unless it is infinite or an unsigned integer beyond the largest.
    #[inline]
    fn sum(self, a: u64, b: u64) -> Option<u64> {
        match self {
            // The carry of the addition decides: one jump that is never taken. What has wrapped
            // cannot be distinguished from a smaller sum later, so the reader cannot decide it.
            Self::Unsigned => a.checked_add(b),
            Self::Signed => Some(a.wrapping_add(b)),
            Self::Float => {
                let sum = f64::from_bits(a) + f64::from_bits(b);
                sum.is_finite().then_some(sum.to_bits())
            }
        }
    }

    /// The sum, or the last number before infinity or beyond the largest.
    pub(super) fn saturating_sum(self, a: u64, b: u64) -> u64 {
        self.sum(a, b).unwrap_or_else(|| match self {
            Self::Unsigned | Self::Signed => u64::MAX,
            Self::Float => f64::MAX.copysign(f64::from_bits(b)).to_bits(),
        })
    }
}

impl Cell {
    pub(super) fn vacant() -> Self {
        Self { generation: AtomicU32::new(0), state: AtomicU32::new(0), bits: AtomicU64::new(0) }
    }

    /// Resets the cell and assigns it to `generation`. The release store means that a reader of the
    /// new bits also sees the previous generation vacated.
    pub(super) fn assign(&self, generation: u32) {
        self.bits.store(0, Ordering::Release);
        self.state.fetch_and(!(PRESENT | WRITTEN), Ordering::Relaxed);
        // A change, and not a store, for the order with one that opens a gate.
        self.generation.swap(generation, Ordering::Release);
    }

    /// Ends the generation.
    pub(super) fn vacate(&self) {
        self.generation.store(VACANT, Ordering::Release);
    }

    pub(super) fn is_current(&self, generation: u32) -> bool {
        self.generation.load(Ordering::Acquire) == generation
    }

    /// Whether the cell of one thread has this generation, with or without the gate.
    fn has(&self, generation: u32) -> bool {
        self.generation.load(Ordering::Acquire) & !GATE == generation
    }

    /// Opens the gate of the cell of a thread, if the cell has this generation. Called on any
    /// thread.
    pub(super) fn open_gate(&self, generation: u32) {
        // The thread of the cell may assign it to another generation meanwhile.
        let (from, to) = (generation, generation | GATE);
        let _ = self.generation.compare_exchange(from, to, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Makes the cell that of a generation, with its gate closed, on the only thread that writes to
    /// it.
    pub(super) fn adopt(&self, generation: u32) {
        if !self.has(generation) {
            self.assign(generation);
            self.state.store(0, Ordering::Relaxed);
        } else if !self.is_current(generation) {
            self.generation.swap(generation, Ordering::Release);
        }
    }

    pub(super) fn bits(&self) -> u64 {
        self.bits.load(Ordering::Acquire)
    }

    /// Opens the gate again, unless so many samples went through it in vain.
    pub(super) fn leave_open(&self, generation: u32, samples: u32) {
        let in_vain = self.state.load(Ordering::Relaxed) + 1;
        if in_vain < samples {
            self.state.store(in_vain, Ordering::Relaxed);
            self.open_gate(generation);
        } else {
            self.state.store(0, Ordering::Relaxed);
        }
    }

    /// The bits, if the cell of a thread has this generation. They may belong to a later series:
    /// ask `is_current` of the shared cell afterwards.
    pub(super) fn sum_of(&self, generation: u32) -> Option<u64> {
        self.has(generation).then(|| self.bits())
    }

    /// Adds, on the only thread that writes to this cell. Returns whether the value was added: an
    /// infinite sum is refused, and an unsigned one beyond the largest. `None` if the cell has
    /// another generation.
    #[inline]
    pub(super) fn add_alone(
        &self,
        generation: u32,
        bits: u64,
        arithmetic: Arithmetic,
    ) -> Option<bool> {
        let is_own = self.generation.load(Ordering::Relaxed) == generation;
        is_own.then(|| self.add_adopted(bits, arithmetic))
    }

    /// Adds to a cell that was [adopted](Self::adopt), on the only thread that writes to it, also
    /// if another thread has opened its gate since. Returns whether the value was added.
    #[inline]
    pub(super) fn add_adopted(&self, bits: u64, arithmetic: Arithmetic) -> bool {
        let sum = arithmetic.sum(self.bits.load(Ordering::Relaxed), bits);
        if let Some(sum) = sum {
            // A reader of the sum also sees that an earlier series of the slot has ended.
            self.bits.store(sum, Ordering::Release);
        }
        sum.is_some()
    }

    /// Adds beside other threads. Returns whether the value was added, as
    /// [`add_alone`](Self::add_alone) does. A value for a generation that has ended is dropped.
    pub(super) fn add_shared(&self, generation: u32, bits: u64, arithmetic: Arithmetic) -> bool {
        let sum = |old| arithmetic.sum(old, bits);
        let add = || {
            self.mark_written();
            self.bits.fetch_update(Ordering::Release, Ordering::Relaxed, sum).is_ok()
        };
        self.with_writer(generation, add).unwrap_or(true)
    }

    /// Notes that a thread records for the generation.
    pub(super) fn mark_written(&self) {
        self.state.fetch_or(WRITTEN, Ordering::Relaxed);
    }

    /// Whether a value was ever recorded for the generation.
    pub(super) fn was_written(&self) -> bool {
        self.state.load(Ordering::Relaxed) & WRITTEN != 0
    }

    /// Writes if the cell has this generation, and keeps the cell from being assigned again until
    /// the write has ended.
    fn with_writer<R>(&self, generation: u32, write: impl FnOnce() -> R) -> Option<R> {
        // Either the thread that assigns the cell again sees the writer, or the writer sees that
        // the generation has ended: both are changes of one atomic, and one of them comes first.
        self.state.fetch_add(WRITER, Ordering::AcqRel);
        let written = self.is_current(generation).then(write);
        self.state.fetch_sub(WRITER, Ordering::Release);
        written
    }

    /// Whether a thread writes that may have seen an earlier generation.
    pub(super) fn has_writers(&self) -> bool {
        self.state.fetch_add(0, Ordering::AcqRel) >= WRITER
    }

    /// Sets the value of a series that does not end.
    #[inline]
    pub(crate) fn set(&self, bits: u64) {
        self.bits.store(bits, Ordering::Relaxed);
        self.state.store(PRESENT | WRITTEN, Ordering::Release);
    }

    /// Removes the value of a series that does not end.
    pub(crate) fn clear(&self) {
        self.state.fetch_and(!PRESENT, Ordering::Release);
    }

    /// Sets the value, unless the series has ended.
    pub(super) fn set_of(&self, generation: u32, bits: u64) {
        self.with_writer(generation, || {
            self.bits.store(bits, Ordering::Release);
            self.state.fetch_or(PRESENT | WRITTEN, Ordering::Release);
        });
    }

    /// Removes the value, unless the series has ended.
    pub(super) fn clear_of(&self, generation: u32) {
        self.with_writer(generation, || self.state.fetch_and(!PRESENT, Ordering::Release));
    }

    /// The value that was set for a generation, if a value was set and the generation has not
    /// ended.
    pub(super) fn value_of(&self, generation: u32) -> Option<u64> {
        let is_present = self.state.load(Ordering::Acquire) & PRESENT != 0;
        let bits = self.bits.load(Ordering::Acquire);
        // Checked after the bits are read: a generation that has begun meanwhile has other bits.
        (is_present && self.is_current(generation)).then_some(bits)
    }
}

impl Chunk {
    pub(crate) fn vacant() -> Self {
        Self { cells: std::array::from_fn(|_| Cell::vacant()) }
    }

    /// The cell of a slot.
    #[inline]
    pub(super) fn cell(&self, slot: u32) -> &Cell {
        &self.cells[slot as usize % CELLS]
    }
}
