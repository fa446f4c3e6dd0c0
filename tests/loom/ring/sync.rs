//! The atomics of the ring under the model checker, and a small size.

#[path = "../../../metrics-runtime/src/core/sync/cache_padded.rs"]
mod cache_padded;

pub(super) use cache_padded::CachePadded;
pub(super) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};

pub(super) const SAMPLES: u64 = 4;
