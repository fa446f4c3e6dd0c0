use std::cell::Cell;

use super::{
    ring::{Pushed, Ring},
    table::TableGuard,
};
use crate::core::sync::{ReentrancyGuard, ThreadExit};

thread_local! {
    /// This thread's ring. It needs no destructor, so that access costs no check.
    static RING: Cell<Option<&'static Ring>> = const { Cell::new(None) };
    static EXIT: ThreadExit = const { ThreadExit::new(retire_ring) };
}

fn retire_ring() {
    if let Some(ring) = RING.take() {
        TableGuard::wait().take_back(ring);
    }
}

/// Records a sample. Returns `false` if it had to be dropped, which happens only to an allocator
/// that records hundreds of samples while the recording core allocates.
#[inline]
pub(crate) fn record(series: u32, bits: u64) -> bool {
    match RING.get().map(|ring| ring.push(series, bits)) {
        Some(Pushed::Yes) => true,
        other => record_slowly(series, bits, other),
    }
}

#[cold]
#[inline(never)]
fn record_slowly(series: u32, bits: u64, pushed: Option<Pushed>) -> bool {
    if ReentrancyGuard::is_active() {
        return pushed == Some(Pushed::Half);
    }
    if pushed == Some(Pushed::Half) {
        // If another thread has the lock, the samples can wait until the ring has filled by another
        // half.
        if let (Some(mut locked), Some(ring)) = (TableGuard::now(), RING.get()) {
            locked.drain(ring);
        }
        return true;
    }
    let mut locked = TableGuard::wait();
    if let Some(ring) = RING.get() {
        locked.drain(ring);
    } else if ThreadExit::arm(&EXIT) {
        RING.set(Some(locked.hand_out()));
    }
    // After the samples of the ring, to keep their order; at once if the thread is past its end.
    locked.take(series, bits);
    true
}
