//! What the slots are built from here, and their number.

pub(super) use loom::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering},
};
pub(super) use std::sync::PoisonError;

pub(super) const SLOTS: usize = 4;
