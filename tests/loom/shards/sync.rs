//! The atomics and the locks of the shards under the model checker.

pub(super) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicUsize, Ordering},
};
pub(super) use std::sync::PoisonError;

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
