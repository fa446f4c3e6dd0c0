//! What the rings are built from here, and their size.

pub(super) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub(super) const SAMPLES: u64 = 4;
