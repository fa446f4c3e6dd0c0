//! The jobs that this process has accepted and that are not known to be over.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::job::JobId;

/// The most jobs that one call of [`AcceptedJobs::overdue`] returns.
const MAX_OVERDUE: usize = 2_000;

/// The accepted jobs, each with the time of its last check.
#[derive(Debug, Default)]
pub(super) struct AcceptedJobs {
    jobs: Mutex<HashMap<JobId, Instant>>,
}

impl AcceptedJobs {
    /// Adds a job that is in the queue, or notes that it was checked now.
    pub(super) fn add(&self, id: JobId) {
        self.jobs().insert(id, Instant::now());
    }

    /// Removes a job that is over.
    pub(super) fn remove(&self, id: JobId) {
        self.jobs().remove(&id);
    }

    /// The jobs that were last checked at least `after` ago.
    pub(super) fn overdue(&self, after: Duration) -> Vec<JobId> {
        let jobs = self.jobs();
        let overdue = jobs.iter().filter(|(_, checked)| checked.elapsed() >= after);
        overdue.map(|(id, _)| *id).take(MAX_OVERDUE).collect()
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, Instant>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
