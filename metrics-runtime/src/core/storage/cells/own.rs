use std::{cell::Cell, sync::LazyLock};

use super::{
    cell::{Arithmetic, Cell as SharedCell},
    shards::{CellKind, LocalChunks, RETIRED, Shards, SlotRef},
    sync::CHUNKS,
};
use crate::core::sync::{ReentrancyGuard, ThreadExit};

static SHARDS: LazyLock<Shards> = LazyLock::new(Shards::default);

thread_local! {
    /// This thread's cells. They need no destructor, so that access costs no check.
    static OWNED: LocalChunks = const { [const { Cell::new(None) }; CHUNKS] };
    static EXIT: ThreadExit = const { ThreadExit::new(retire_chunks) };
}

fn retire_chunks() {
    let _guard = ReentrancyGuard::enter();
    OWNED.with(|owned| SHARDS.retire(owned));
}

/// A slot for a new series.
pub(crate) fn claim(kind: CellKind) -> SlotRef {
    let _guard = ReentrancyGuard::enter();
    SHARDS.claim(kind)
}

/// The discard slot: every value that is recorded there is dropped.
pub(crate) fn discard_slot() -> SlotRef {
    static CELL: LazyLock<SharedCell> = LazyLock::new(SharedCell::vacant);
    SlotRef { slot: 0, generation: RETIRED, shared: &CELL }
}

/// Ends a series. Its slot can go to another series.
pub(crate) fn release(slot: SlotRef) {
    let _guard = ReentrancyGuard::enter();
    SHARDS.release(slot);
}

/// Reads the sums of any number of series at one moment. `None` for a series that has ended.
pub(crate) fn read(slots: impl Iterator<Item = SlotRef>, each: impl FnMut(Option<u64>)) {
    let _guard = ReentrancyGuard::enter();
    SHARDS.read(slots, each);
}

/// Adds to a series' sum, unless the sum would become infinite. Returns whether the value was
/// added.
#[inline]
pub(crate) fn add(slot: SlotRef, bits: u64, arithmetic: Arithmetic) -> bool {
    OWNED
        .with(|owned| slot.add_to_own(owned, bits, arithmetic))
        .unwrap_or_else(|| add_first(slot, bits, arithmetic))
}

/// Adds to a series for which this thread does not have a cell yet.
#[cold]
#[inline(never)]
fn add_first(slot: SlotRef, bits: u64, arithmetic: Arithmetic) -> bool {
    // A value for a series that has ended is dropped.
    if !slot.is_current() {
        return true;
    }
    // The shared cell takes values that are recorded past the end of the thread, within this
    // function, or for series beyond the chunks that a thread can own.
    let can_own = slot.chunk() < CHUNKS && !ReentrancyGuard::is_active() && ThreadExit::arm(&EXIT);
    if !can_own {
        return slot.shared().add_shared(slot.generation, bits, arithmetic);
    }
    let _guard = ReentrancyGuard::enter();
    OWNED.with(|owned| {
        // `adopt` refuses a series that has ended.
        !SHARDS.adopt(owned, slot) || slot.add_to_own(owned, bits, arithmetic).unwrap_or(true)
    })
}
