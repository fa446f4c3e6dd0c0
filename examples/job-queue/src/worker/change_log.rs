use std::sync::atomic::{AtomicBool, Ordering};

use tracing::{debug, info, warn};

use crate::queue::QueueError;

/// Logs a failure of the queue once, and its end once. That the queue cannot be used, it logs
/// itself.
#[derive(Debug)]
pub(super) struct ChangeLog {
    failure: &'static str,
    failing: AtomicBool,
}

impl ChangeLog {
    /// A log for something that goes on until it fails.
    pub(super) fn new(failure: &'static str) -> Self {
        Self { failure, failing: AtomicBool::new(false) }
    }

    /// Logs a failure, unless the last try failed too.
    pub(super) fn failed(&self, worker: &str, error: &QueueError) {
        if error.is_outage() {
            debug!(worker, %error, "{}", self.failure);
            return;
        }
        if !self.failing.swap(true, Ordering::Relaxed) {
            warn!(worker, %error, "{}", self.failure);
        }
    }

    /// Logs the end of a failure.
    pub(super) fn recovered(&self, worker: &str) {
        if self.failing.swap(false, Ordering::Relaxed) {
            info!(worker, "no longer: {}", self.failure);
        }
    }
}
