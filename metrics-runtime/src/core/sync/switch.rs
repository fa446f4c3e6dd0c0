use std::sync::atomic::{AtomicBool, Ordering};

use super::scope;

/// On until a runtime that is configured to be off is installed, so that what is recorded before
/// the installation is kept.
static ENABLED: AtomicBool = AtomicBool::new(true);

/// Whether to record: the one load that a disabled verb costs. A test that captures records in any
/// case.
#[inline]
pub(crate) fn enabled() -> bool {
    ENABLED.load(Ordering::Relaxed) || scope::is_active()
}

pub(crate) fn switch(on: bool) {
    ENABLED.store(on, Ordering::Relaxed);
}
