//! The atomics and the locks of the pages under the model checker, and a small number of slots.

pub(super) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering},
};
pub(super) use std::sync::PoisonError;

pub(super) const SLOTS: usize = 4;
