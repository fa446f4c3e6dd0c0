//! The jobs that a worker has.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::{job::JobId, queue::Lease};

/// The leases of a worker. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Leases(Arc<Mutex<Vec<HeldLease>>>);

#[derive(Debug)]
struct HeldLease {
    lease: Lease,
    lost: CancellationToken,
}

/// A lease that is held until this is dropped.
#[derive(Debug)]
pub(super) struct LeaseEntry {
    leases: Leases,
    pub(super) lease: Lease,
    /// Cancelled when the job is no longer the worker's.
    pub(super) lost: CancellationToken,
}

impl Leases {
    pub(super) fn enter(&self, lease: Lease) -> LeaseEntry {
        let lost = CancellationToken::new();
        self.lock().push(HeldLease { lease: lease.clone(), lost: lost.clone() });
        LeaseEntry { leases: self.clone(), lease, lost }
    }

    /// The number of jobs.
    pub(super) fn count(&self) -> usize {
        self.lock().len()
    }

    /// The leases that are not lost.
    pub(super) fn valid(&self) -> Vec<Lease> {
        let held = self.lock();
        let valid = held.iter().filter(|held| !held.lost.is_cancelled());
        valid.map(|held| held.lease.clone()).collect()
    }

    /// Says that a job of these leases is lost. Where the worker has claimed the job again since,
    /// the job has two leases, and the older one is lost.
    pub(super) fn lose(&self, job: JobId, asked: &[Lease]) {
        let oldest = asked.iter().filter(|lease| lease.job == job).min_by_key(|lease| lease.claim);
        let held = self.lock();
        if let Some(held) = held.iter().find(|held| Some(&held.lease) == oldest) {
            held.lost.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<HeldLease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for LeaseEntry {
    fn drop(&mut self) {
        self.leases.lock().retain(|held| held.lease != self.lease);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_leases_of_a_job_the_older_one_is_lost() {
        let leases = Leases::default();
        let job = JobId::generate();
        let lease = |claim| Lease { job, worker: "w".to_owned(), claim };
        let (newer, older) = (leases.enter(lease(7)), leases.enter(lease(3)));
        let asked = leases.valid();
        leases.lose(job, &asked);
        assert!(older.lost.is_cancelled());
        assert_eq!(leases.valid(), [lease(7)]);
        assert_eq!(leases.count(), 2);
        leases.lose(JobId::generate(), &asked);
        assert!(!newer.lost.is_cancelled());
        drop(older);
        assert_eq!(leases.count(), 1);
    }
}
