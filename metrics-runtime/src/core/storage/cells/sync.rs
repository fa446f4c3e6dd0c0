//! What the cells are built from, and their sizes. The model checker has another file in its place.

pub(super) use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

/// Cells of a chunk: 4 KiB.
pub(super) const CELLS: usize = 256;

/// Chunks that a thread can own: 131,072 series in all. Series beyond share one cell.
pub(super) const CHUNKS: usize = 512;
