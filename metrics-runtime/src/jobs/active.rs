use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::{LabelSet, ObservableGauge, Observer};

/// The jobs of one set that run now, in the order in which they started.
#[doc(hidden)]
#[derive(Debug)]
pub struct ActiveJobs<L> {
    jobs: Mutex<Jobs<L>>,
}

#[derive(Debug)]
struct Jobs<L> {
    running: BTreeMap<Slot, (L, Instant)>,
    next: Slot,
}

pub(super) type Slot = u64;

impl<L> ActiveJobs<L> {
    /// No jobs yet.
    #[expect(clippy::new_without_default, reason = "made in statics, which need a const fn")]
    pub const fn new() -> Self {
        Self { jobs: Mutex::new(Jobs { running: BTreeMap::new(), next: 0 }) }
    }

    pub(super) fn enter(&self, labels: L, started: Instant) -> Slot {
        let mut jobs = self.lock();
        let slot = jobs.next;
        jobs.next += 1;
        jobs.running.insert(slot, (labels, started));
        slot
    }

    pub(super) fn leave(&self, slot: Slot) {
        let left = self.lock().running.remove(&slot);
        drop(left);
    }

    fn lock(&self) -> MutexGuard<'_, Jobs<L>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<L: LabelSet + Clone + Send + Sync + 'static> ActiveJobs<L> {
    /// Lets the gauge report, for each combination of labels, the age of the job that has run
    /// longest. Where none runs the series is absent.
    pub fn report_oldest_to(&'static self, gauge: &ObservableGauge<L>) {
        let report = |observer: &mut Observer<'_, L, f64>| {
            // Out of the lock, which jobs need to start and to end.
            let running: Vec<_> = self.lock().running.values().cloned().collect();
            // Of several observations of a series the last one stays, and that is the oldest.
            for (labels, started) in running.iter().rev() {
                observer.observe(labels, started.elapsed().as_secs_f64());
            }
        };
        gauge.observe_each(report).keep();
    }
}
