//! The jobs that this agent cannot run, of which the log speaks once.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use crate::job::JobId;

/// The most jobs that are remembered.
const MOST: usize = 1_000;

/// The jobs that were delivered and could not be run here.
#[derive(Debug, Default)]
pub(super) struct UnrunnableJobs(Mutex<HashSet<JobId>>);

impl UnrunnableJobs {
    /// Adds a job. Returns whether it is a new one.
    pub(super) fn add(&self, id: JobId) -> bool {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if jobs.len() >= MOST {
            jobs.clear();
        }
        jobs.insert(id)
    }
}
