//! The atomics of the ring under the model checker, and a small size.

pub(super) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub(super) const SAMPLES: u64 = 4;
