//! The atomics and the locks of the cells under the model checker, and small sizes.

use std::sync::PoisonError;

pub(super) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU32, AtomicU64, Ordering},
};

/// Under the model checker no process is split, so that no lock is lost.
#[expect(clippy::unnecessary_wraps, reason = "the shipped function loses locks after a fork()")]
pub(super) fn lock_unless_lost<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    Some(mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

pub(super) const CELLS: usize = 2;
