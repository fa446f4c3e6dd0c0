use std::{
    fmt::Display,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::roles::Count;

/// What the system reports of the process at one moment. `None` for what could not be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) usage: Option<ResourceUsage>,
    pub(super) status: Option<Status>,
    pub(super) file_descriptors: Option<u64>,
    pub(super) file_descriptor_limit: Option<u64>,
    pub(super) uptime_seconds: Option<f64>,
}

/// The sums of all threads, with the threads that have ended.
#[derive(Clone, Debug)]
pub(super) struct ResourceUsage {
    pub(super) user_seconds: f64,
    pub(super) system_seconds: f64,
    pub(super) voluntary_switches: u64,
    pub(super) involuntary_switches: u64,
    pub(super) major_faults: u64,
    pub(super) minor_faults: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Status {
    pub(super) resident_bytes: u64,
    pub(super) virtual_bytes: u64,
    pub(super) threads: u64,
}

/// One thing that is read, and whether its last reading failed: a failure is logged when it begins
/// and when it ends.
#[derive(Debug)]
pub(super) struct Part {
    name: &'static str,
    fails: AtomicBool,
}

impl Part {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, fails: AtomicBool::new(false) }
    }

    /// The value of a reading that succeeded. A failure is counted.
    pub(super) fn check<T, E: Display>(&self, read: Result<T, E>, errors: &Count) -> Option<T> {
        match read {
            Ok(value) => {
                if self.fails.swap(false, Ordering::Relaxed) {
                    tracing::info!(source = self.name, "the process can be read again");
                }
                Some(value)
            }
            Err(error) => {
                errors.inc(&());
                if !self.fails.swap(true, Ordering::Relaxed) {
                    tracing::warn!(
                        source = self.name,
                        %error,
                        "the process cannot be read; its metrics are absent meanwhile"
                    );
                }
                None
            }
        }
    }
}
