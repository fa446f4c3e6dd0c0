//! The primitives of the histograms. The model checker replaces this file.

pub(super) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Lets another thread go on for a moment.
#[inline]
pub(super) fn spin() {
    std::hint::spin_loop();
}
