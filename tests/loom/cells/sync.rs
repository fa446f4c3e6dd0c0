//! The atomics and the locks of the cells under the model checker, and small sizes.

pub(super) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU32, AtomicU64, Ordering},
};
pub(super) use std::sync::PoisonError;

pub(super) const CELLS: usize = 2;
