//! The atomics and the locks of the pages, and the number of slots. Tests with the model checker
//! have another file in the place of this file.

pub(super) use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicU64, Ordering},
};

pub(super) use crate::core::sync::lock_unless_lost;

/// The number of slots of a page, which has 1 KiB. A power of two.
pub(super) const SLOTS: usize = 64;
