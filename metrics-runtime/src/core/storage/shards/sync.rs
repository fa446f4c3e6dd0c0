//! The primitives and sizes of the shards. The model checker replaces this file.

pub(super) use std::sync::{
    Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// The groups of a directory.
pub(super) const GROUPS: usize = 32;

/// The columns of a group.
pub(super) const GROUP: usize = 16;
