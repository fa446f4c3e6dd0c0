use std::{ops::Deref, sync::Arc};

use crate::core::{registry::capture::CapturedSets, sync::scope::Scope};

/// A capture: the values that were captured so far. Clones share one capture.
///
/// ```
/// use osapi_metrics::{JobMetrics, testing::Captured};
///
/// let captured = Captured::new();
/// let length = captured.run(|| {
///     JobMetrics::global().created("image.resize").inc();
///     "image.resize".len()
/// });
/// assert_eq!(length, 12);
/// assert_eq!(captured.counter("osapi_jobs_created_total", &[]), 1);
/// ```
#[derive(Clone, Default)]
pub struct Captured {
    pub(super) sets: Arc<CapturedSets>,
}

/// Captures the values that a thread records, until it is dropped. Made by
/// [`capture_thread`](super::capture_thread), and read through the methods of [`Captured`].
#[derive(Debug)]
#[must_use = "the capture ends when this value is dropped"]
pub struct ThreadCapture {
    captured: Captured,
    _scope: Scope,
}

impl Captured {
    /// A capture without values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Captures the values that `block` records on this thread, also if it panics. Returns the
    /// block's return value.
    pub fn run<R>(&self, block: impl FnOnce() -> R) -> R {
        let _scope = self.enter();
        block()
    }

    pub(super) fn enter(&self) -> Scope {
        let listener = Arc::clone(&self.sets);
        Scope::enter(Some(listener))
    }
}

impl ThreadCapture {
    pub(super) fn begin(captured: Captured) -> Self {
        Self { _scope: captured.enter(), captured }
    }
}

impl Deref for ThreadCapture {
    type Target = Captured;

    fn deref(&self) -> &Captured {
        &self.captured
    }
}
