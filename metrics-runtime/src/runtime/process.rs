//! The process of a runtime. After `fork()` the new process has a copy of the runtime without its
//! threads.

use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use super::error::FlushError;

/// The process in which a runtime was installed.
#[derive(Clone, Copy, Debug)]
pub(super) struct InstalledIn(u32);

/// The process whose log says that it was split.
static REPORTED_IN: AtomicU32 = AtomicU32::new(0);

impl InstalledIn {
    /// This process.
    pub(super) fn this_process() -> Self {
        Self(process::id())
    }

    /// Whether this process was split from the one of the runtime. It is logged once.
    pub(super) fn is_other(self) -> bool {
        let this = process::id();
        if this == self.0 {
            return false;
        }
        if REPORTED_IN.swap(this, Ordering::Relaxed) != this {
            tracing::warn!(
                installed_in = self.0,
                "the metrics runtime was installed before this process was split by fork(): its \
                 exporters run in the other process alone, and nothing is pushed from here; \
                 install a runtime in this process"
            );
        }
        true
    }

    /// Fails if this process was split from the one of the runtime.
    pub(super) fn check(self) -> Result<(), FlushError> {
        if self.is_other() { Err(FlushError::Split { installed_in: self.0 }) } else { Ok(()) }
    }
}
