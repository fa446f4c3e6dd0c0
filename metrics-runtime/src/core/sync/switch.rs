use std::sync::atomic::{AtomicBool, Ordering};

use super::scope;

/// On until a runtime is installed that is configured to be off: values that are recorded before
/// the installation are kept.
static ENABLED: AtomicBool = AtomicBool::new(true);

/// Whether to record: the one load that a verb costs while recording is off. A thread that captures
/// for a test always records.
#[inline]
pub(crate) fn enabled() -> bool {
    ENABLED.load(Ordering::Relaxed) || scope::is_active()
}

pub(crate) fn switch(on: bool) {
    ENABLED.store(on, Ordering::Relaxed);
}
