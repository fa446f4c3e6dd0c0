//! The atomics and the locks of the shards under the model checker.

use std::sync::PoisonError;

pub(super) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicUsize, Ordering},
};

/// Under the model checker no process is split, so that no lock is lost.
#[expect(clippy::unnecessary_wraps, reason = "the shipped function loses locks after a fork()")]
pub(super) fn lock_unless_lost<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    Some(mutex.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A value that is set once, as the standard library has it.
#[derive(Debug)]
pub(super) struct OnceLock<T: 'static>(Mutex<Option<&'static T>>);

impl<T> OnceLock<T> {
    pub(super) fn new() -> Self {
        Self(Mutex::new(None))
    }

    pub(super) fn get(&self) -> Option<&T> {
        *self.0.lock().unwrap()
    }

    pub(super) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.0.lock().unwrap().get_or_insert_with(|| Box::leak(Box::new(make())))
    }
}
