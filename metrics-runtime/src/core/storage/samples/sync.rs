//! The primitives and the size of the rings. The model checker replaces this file.

pub(super) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub(super) use crate::core::sync::CachePadded;

/// The samples that a thread can hold back: 4 KiB.
pub(super) const SAMPLES: u64 = 256;
