//! The primitives and sizes of the shards. The model checker replaces this file.

pub(super) use std::sync::{
    Mutex, MutexGuard, OnceLock,
    atomic::{AtomicUsize, Ordering},
};

pub(super) use crate::core::sync::lock_unless_lost;

/// The groups of a directory.
pub(super) const GROUPS: usize = 32;

/// The columns of a group.
pub(super) const GROUP: usize = 16;
