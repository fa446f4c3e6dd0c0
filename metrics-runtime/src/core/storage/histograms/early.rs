//! The time before a runtime is installed: configured boundaries are not known yet, so that samples
//! are kept one by one.

use std::sync::atomic::{AtomicBool, Ordering};

/// Whether no runtime was ever installed.
static EARLY: AtomicBool = AtomicBool::new(true);

pub(crate) fn are_early() -> bool {
    EARLY.load(Ordering::Acquire)
}

/// Ends the early time for good.
pub(crate) fn end_early_time() {
    EARLY.store(false, Ordering::Release);
}
