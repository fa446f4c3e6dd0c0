use super::sync::{AtomicU32, AtomicU64, CELLS, Ordering};

/// 64 bits of one series: its whole value, or what one thread has added to it.
///
/// Series end and others take their place. Each of them is another *tenant* of the place, so that
/// what is meant for one never counts for the next: everybody who writes or reads says for whom.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Whom the bits belong to.
    tenant: AtomicU32,
    /// Whether there is a value, for those who can have none; whether anything was ever written for the
    /// tenant; and how many are just writing without a lock: a cell is not let again as long as somebody
    /// may write who has looked at the old tenant.
    state: AtomicU32,
    bits: AtomicU64,
}

/// The tenant of a cell that nobody has.
pub(super) const NOBODY: u32 = 0;

/// In a cell's state: there is a value.
const PRESENT: u32 = 1;

/// In the state of a cell that all threads share: its tenant was recorded, here or in a thread's cell.
const WRITTEN: u32 = 2;

/// In a cell's state: one more who writes.
const GUEST: u32 = 4;

/// Cells that one thread writes, or all of them share. No two threads write one cache line; 128
/// bytes, because processors fetch lines in pairs.
#[derive(Debug)]
#[repr(align(128))]
pub(crate) struct Chunk {
    cells: [Cell; CELLS],
}

/// How the bits of a cell are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// As integers, signed or not: two's complement makes the wrapping sum of the bits that of the
    /// numbers.
    Integer,
    /// As a float.
    Float,
}

impl Arithmetic {
    /// The sum, unless it were infinite.
    #[inline]
    fn sum(self, a: u64, b: u64) -> Option<u64> {
        match self {
            Self::Integer => Some(a.wrapping_add(b)),
            Self::Float => {
                let sum = f64::from_bits(a) + f64::from_bits(b);
                sum.is_finite().then_some(sum.to_bits())
            }
        }
    }

    /// The sum, or the last finite number before infinity.
    pub(super) fn saturating_sum(self, a: u64, b: u64) -> u64 {
        self.sum(a, b).unwrap_or_else(|| f64::MAX.copysign(f64::from_bits(b)).to_bits())
    }
}

impl Cell {
    pub(super) fn vacant() -> Self {
        Self { tenant: AtomicU32::new(0), state: AtomicU32::new(0), bits: AtomicU64::new(0) }
    }

    /// Lets a tenant begin at zero, or nobody. Who reads the new bits also sees that the last tenant
    /// has gone.
    pub(super) fn let_to(&self, tenant: u32) {
        self.bits.store(0, Ordering::Release);
        self.state.fetch_and(!(PRESENT | WRITTEN), Ordering::Relaxed);
        self.tenant.store(tenant, Ordering::Release);
    }

    /// The tenant has gone.
    pub(super) fn leave(&self) {
        self.tenant.store(NOBODY, Ordering::Release);
    }

    pub(super) fn is_of(&self, tenant: u32) -> bool {
        self.tenant.load(Ordering::Acquire) == tenant
    }

    pub(super) fn tenant(&self) -> u32 {
        self.tenant.load(Ordering::Relaxed)
    }

    pub(super) fn bits(&self) -> u64 {
        self.bits.load(Ordering::Relaxed)
    }

    /// Adds as the only one who writes here, and tells whether it has: an infinite sum is refused.
    /// `None` if the cell belongs to another.
    #[inline]
    pub(super) fn add_alone(&self, tenant: u32, bits: u64, arithmetic: Arithmetic) -> Option<bool> {
        if self.tenant.load(Ordering::Relaxed) != tenant {
            return None;
        }
        let sum = arithmetic.sum(self.bits.load(Ordering::Relaxed), bits);
        if let Some(sum) = sum {
            self.bits.store(sum, Ordering::Relaxed);
        }
        Some(sum.is_some())
    }

    /// Adds beside others, and tells whether it has: an infinite sum is refused. What is meant for a
    /// tenant that has gone is gone.
    pub(super) fn add_shared(&self, tenant: u32, bits: u64, arithmetic: Arithmetic) -> bool {
        let sum = |old| arithmetic.sum(old, bits);
        let add = || {
            self.mark_written();
            self.bits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum).is_ok()
        };
        self.visit(tenant, add).unwrap_or(true)
    }

    /// Notes that a thread records for the tenant.
    pub(super) fn mark_written(&self) {
        self.state.fetch_or(WRITTEN, Ordering::Relaxed);
    }

    /// Whether anything was ever recorded for the tenant.
    pub(super) fn was_written(&self) -> bool {
        self.state.load(Ordering::Relaxed) & WRITTEN != 0
    }

    /// Writes if the cell belongs to the tenant, which it does until this is over.
    fn visit<R>(&self, tenant: u32, write: impl FnOnce() -> R) -> Option<R> {
        // Either who lets the cell again sees the guest, or the guest sees that the tenant has gone:
        // both are changes of one atomic, and one of them comes first.
        self.state.fetch_add(GUEST, Ordering::AcqRel);
        let written = self.is_of(tenant).then(write);
        self.state.fetch_sub(GUEST, Ordering::Release);
        written
    }

    /// Whether somebody writes who may have looked at an earlier tenant.
    pub(super) fn has_guests(&self) -> bool {
        self.state.fetch_add(0, Ordering::AcqRel) >= GUEST
    }

    /// Adds what must not be lost, up to the last finite number.
    pub(super) fn add_saturating(&self, bits: u64, arithmetic: Arithmetic) {
        let sum = |old| Some(arithmetic.saturating_sum(old, bits));
        // An update that always has a value never fails.
        let _ = self.bits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, sum);
    }

    /// Sets the value of a series that does not end.
    #[inline]
    pub(crate) fn set(&self, bits: u64) {
        self.bits.store(bits, Ordering::Relaxed);
        self.state.store(PRESENT | WRITTEN, Ordering::Release);
    }

    /// Takes the value of a series that does not end away.
    pub(crate) fn clear(&self) {
        self.state.fetch_and(!PRESENT, Ordering::Release);
    }

    /// Sets the value, unless the series has ended.
    pub(super) fn set_of(&self, tenant: u32, bits: u64) {
        self.visit(tenant, || {
            self.bits.store(bits, Ordering::Release);
            self.state.fetch_or(PRESENT | WRITTEN, Ordering::Release);
        });
    }

    /// Takes the value away, unless the series has ended.
    pub(super) fn clear_of(&self, tenant: u32) {
        self.visit(tenant, || self.state.fetch_and(!PRESENT, Ordering::Release));
    }

    /// The value that was set for a tenant, if one was and the tenant is still there.
    pub(super) fn value_of(&self, tenant: u32) -> Option<u64> {
        let is_present = self.state.load(Ordering::Acquire) & PRESENT != 0;
        let bits = self.bits.load(Ordering::Acquire);
        // Afterwards: whoever has come since has other bits.
        (is_present && self.is_of(tenant)).then_some(bits)
    }
}

impl Chunk {
    pub(super) fn vacant() -> Self {
        Self { cells: std::array::from_fn(|_| Cell::vacant()) }
    }

    /// The cell of a slot.
    #[inline]
    pub(super) fn cell(&self, slot: u32) -> &Cell {
        &self.cells[slot as usize % CELLS]
    }

    pub(super) fn cells(&self) -> &[Cell] {
        &self.cells
    }
}
