use std::{cell::Cell, sync::LazyLock};

use super::{
    cell::{Arithmetic, Cell as SharedCell},
    shards::{NEVER, Owned, Place, Shards, Usage},
    sync::CHUNKS,
};

static SHARDS: LazyLock<Shards> = LazyLock::new(Shards::default);

thread_local! {
    /// This thread's cells. Needs no destructor, so that looking into it costs no check.
    static OWNED: Owned = const { [const { Cell::new(None) }; CHUNKS] };
    static END: End = const { End };
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Gives a thread's cells back when the thread ends.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        let _busy = Busy::here();
        OWNED.with(|owned| SHARDS.take_back(owned));
    }
}

/// As long as this lives, the thread holds a lock of the recording core, or is about to. An
/// allocator that records what it allocates comes back here meanwhile and must not wait for it.
pub(crate) struct Busy {
    outer: bool,
}

impl Busy {
    pub(crate) fn here() -> Self {
        Self { outer: BUSY.replace(true) }
    }

    pub(crate) fn is_here() -> bool {
        BUSY.get()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(self.outer);
    }
}

/// A place for a new series.
pub(crate) fn claim(usage: Usage) -> Place {
    let _busy = Busy::here();
    SHARDS.claim(usage)
}

/// A place where everything that is recorded is dropped.
pub(crate) fn nowhere() -> Place {
    static VACANT: LazyLock<SharedCell> = LazyLock::new(SharedCell::vacant);
    Place { slot: 0, tenant: NEVER, shared: &VACANT }
}

/// Ends a series. Its place goes to another one.
pub(crate) fn release(place: Place) {
    let _busy = Busy::here();
    SHARDS.release(place);
}

/// Reads the sums of any number of series, all at one moment; none where a series has ended.
pub(crate) fn read(places: impl Iterator<Item = Place>, each: impl FnMut(Option<u64>)) {
    let _busy = Busy::here();
    SHARDS.read(places, each);
}

/// Adds to a series' sum, unless the sum were infinite; tells whether it has.
#[inline]
pub(crate) fn add(place: Place, bits: u64, arithmetic: Arithmetic) -> bool {
    OWNED
        .with(|owned| place.add_to_own(owned, bits, arithmetic))
        .unwrap_or_else(|| add_first(place, bits, arithmetic))
}

/// Adds where this thread has no cell yet.
#[cold]
#[inline(never)]
fn add_first(place: Place, bits: u64, arithmetic: Arithmetic) -> bool {
    // Nothing is left of a series that has ended.
    if !place.is_let() {
        return true;
    }
    // The shared cell takes what comes when the thread is past its end, from within this function,
    // and for series beyond the chunks that a thread can own.
    let can_own = place.chunk() < CHUNKS && !Busy::is_here() && END.try_with(|_| ()).is_ok();
    if !can_own {
        return place.shared().add_shared(place.tenant, bits, arithmetic);
    }
    let _busy = Busy::here();
    OWNED.with(|owned| {
        // What is meant for a series that has ended is gone.
        !SHARDS.adopt(owned, place) || place.add_to_own(owned, bits, arithmetic).unwrap_or(true)
    })
}
