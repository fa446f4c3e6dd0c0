//! A process that was split by `fork()`: it has a copy of the memory, and of the threads only the
//! one that has called `fork()`.
//!
//! A lock that another thread held at that moment is lost: nobody releases it in the new process.
//! The recording core takes its locks so that a lost one costs samples and not the thread.

use std::{
    process,
    sync::{
        Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::lock::lock;

/// The process that used the recording core first; 0 before.
static ORIGIN: AtomicU32 = AtomicU32::new(0);

/// Whether a lock was found to be lost.
static HAS_LOST: AtomicBool = AtomicBool::new(false);

/// The longest time that a thread of this process may hold a lock of the core. Beyond it, the lock
/// is lost.
const PATIENCE: Duration = Duration::from_millis(500);

/// The same, once a lock was lost: many of its waiters may follow.
const LESS_PATIENCE: Duration = Duration::from_millis(1);

/// Notes the process that uses the core first.
pub(crate) fn note_use() {
    let _ = ORIGIN.compare_exchange(0, process::id(), Ordering::Relaxed, Ordering::Relaxed);
}

/// Whether this process was split from the one that used the core first.
pub(crate) fn is_split() -> bool {
    let origin = ORIGIN.load(Ordering::Relaxed);
    origin != 0 && origin != process::id()
}

/// Whether a lock of the core is lost, so that series cannot be read.
pub(crate) fn has_lost_lock() -> bool {
    HAS_LOST.load(Ordering::Relaxed) && is_split()
}

/// Locks the mutex, also after a panic. `None` if the lock is lost, which only happens in a process
/// that was split: without a holder that releases it, a wait would never end.
pub(crate) fn lock_unless_lost<T: ?Sized>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    try_lock(mutex).or_else(|| wait(mutex))
}

fn try_lock<T: ?Sized>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(PoisonError::into_inner(poisoned)),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cold]
fn wait<T: ?Sized>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    if !is_split() {
        return Some(lock(mutex));
    }
    let patience = if HAS_LOST.load(Ordering::Relaxed) { LESS_PATIENCE } else { PATIENCE };
    let begin = Instant::now();
    while begin.elapsed() < patience {
        if let Some(guard) = try_lock(mutex) {
            return Some(guard);
        }
        thread::sleep(LESS_PATIENCE);
    }
    HAS_LOST.store(true, Ordering::Relaxed);
    None
}
