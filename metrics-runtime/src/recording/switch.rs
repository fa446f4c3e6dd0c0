use std::sync::atomic::{AtomicBool, Ordering};

use crate::capturing;

/// On until a runtime that is configured to be off is installed, so that what is recorded before
/// the installation is kept.
static ENABLED: AtomicBool = AtomicBool::new(true);

/// Whether to record: the one load that a disabled verb costs. What a test captures is recorded in
/// any case.
#[inline]
pub(crate) fn enabled() -> bool {
    ENABLED.load(Ordering::Relaxed) || capturing::is_here()
}

pub(crate) fn switch(on: bool) {
    ENABLED.store(on, Ordering::Relaxed);
}
