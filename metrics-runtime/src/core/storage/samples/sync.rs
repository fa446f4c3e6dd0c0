//! What the rings are built from, and their size. The model checker has another file in its place.

pub(super) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub(super) use crate::core::sync::CachePadded;

/// Samples that a thread can hold back: 4 KiB.
pub(super) const SAMPLES: u64 = 256;
