//! The primitives and sizes of the cells. The model checker replaces this file.

pub(super) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

pub(super) use crate::core::sync::lock_unless_lost;

/// The cells of a chunk: 4 KiB.
pub(super) const CELLS: usize = 256;
