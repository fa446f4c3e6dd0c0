//! What the slots are built from, and their number. The model checker has another file in its place.

pub(super) use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

/// Slots of a page: 1 KiB. A power of two.
pub(super) const SLOTS: usize = 64;
