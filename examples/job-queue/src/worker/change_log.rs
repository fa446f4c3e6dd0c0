use std::fmt::Display;

use tracing::{info, warn};

/// Logs a failure once, and its end once.
#[derive(Debug)]
pub(super) struct ChangeLog {
    failure: &'static str,
    failing: bool,
}

impl ChangeLog {
    /// A log for something that goes on until it fails.
    pub(super) fn new(failure: &'static str) -> Self {
        Self { failure, failing: false }
    }

    /// Logs a failure, unless the last try failed too.
    pub(super) fn failed(&mut self, worker: &str, error: &impl Display) {
        if !self.failing {
            warn!(worker, %error, "{}", self.failure);
        }
        self.failing = true;
    }

    /// Logs the end of a failure.
    pub(super) fn recovered(&mut self, worker: &str) {
        if self.failing {
            info!(worker, "no longer: {}", self.failure);
        }
        self.failing = false;
    }
}
