//! The atomics of the histograms under the model checker.

pub(super) use loom::sync::atomic::{AtomicU64, Ordering};
