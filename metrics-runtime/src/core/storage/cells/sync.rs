//! The primitives and sizes of the cells. The model checker replaces this file.

pub(super) use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

/// The cells of a chunk: 4 KiB.
pub(super) const CELLS: usize = 256;
