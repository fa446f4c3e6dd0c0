use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use tokio::time::Instant;

use super::super::{class::JobClass, worker::WorkerInfo};
use crate::job::{JobId, Priority};

/// The jobs that wait for a worker.
///
/// They are divided into classes, so that a claim looks at the first job of each class and not at
/// every job.
#[derive(Debug, Default)]
pub(super) struct WaitingJobs {
    classes: HashMap<Arc<JobClass>, Class>,
    /// The jobs that wait for their next attempt, by the time when it is due.
    delayed: BTreeMap<(Instant, u64), JobId>,
    length: usize,
}

/// The position of a job in its class: the highest priority first, then the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    pub(super) priority: Reverse<Priority>,
    /// The number of the job among all that were submitted.
    pub(super) sequence: u64,
}

/// Where a job waits.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// In its class.
    Class,
    /// Until its next attempt is due.
    Delayed(Instant),
}

#[derive(Debug)]
struct Class {
    jobs: BTreeMap<Rank, Waiting>,
    /// When a worker was there last that could run these jobs.
    served: Instant,
}

#[derive(Debug)]
struct Waiting {
    id: JobId,
    submitted: Instant,
}

impl WaitingJobs {
    /// The number of jobs.
    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// The number of classes.
    pub(super) fn classes(&self) -> usize {
        self.classes.len()
    }

    pub(super) fn has_class(&self, class: &JobClass) -> bool {
        self.classes.contains_key(class)
    }

    /// Adds a job that a worker can claim now. `submitted` is not the time when it is added, for a
    /// job that is queued again.
    pub(super) fn add(
        &mut self,
        class: &Arc<JobClass>,
        rank: Rank,
        id: JobId,
        submitted: Instant,
        now: Instant,
    ) {
        let class = self
            .classes
            .entry(Arc::clone(class))
            .or_insert_with(|| Class { jobs: BTreeMap::new(), served: now });
        if submitted < now {
            // A worker had the job until now.
            class.served = now;
        }
        class.jobs.insert(rank, Waiting { id, submitted });
        self.length += 1;
    }

    /// Adds a job that waits for its next attempt.
    pub(super) fn delay(&mut self, until: Instant, rank: Rank, id: JobId) {
        self.delayed.insert((until, rank.sequence), id);
        self.length += 1;
    }

    pub(super) fn remove(&mut self, class: &JobClass, rank: Rank, place: Place) {
        let removed = match place {
            Place::Delayed(until) => self.delayed.remove(&(until, rank.sequence)).is_some(),
            Place::Class => self.remove_from_class(class, rank),
        };
        self.length -= usize::from(removed);
    }

    fn remove_from_class(&mut self, class: &JobClass, rank: Rank) -> bool {
        let Some(queued) = self.classes.get_mut(class) else { return false };
        let removed = queued.jobs.remove(&rank).is_some();
        if queued.jobs.is_empty() {
            self.classes.remove(class);
        }
        removed
    }

    /// The job that the worker should run next.
    pub(super) fn first_for(&self, worker: &WorkerInfo) -> Option<JobId> {
        let classes = self.classes.iter().filter(|(class, _)| worker.can_run_class(class));
        let firsts = classes.filter_map(|(_, class)| class.jobs.first_key_value());
        firsts.min_by_key(|(rank, _)| **rank).map(|(_, waiting)| waiting.id)
    }

    /// The jobs whose next attempt is due.
    pub(super) fn due(&self, now: Instant) -> Vec<JobId> {
        self.delayed.range(..=(now, u64::MAX)).map(|(_, id)| *id).collect()
    }

    /// Every job.
    pub(super) fn all(&self) -> Vec<JobId> {
        let queued = self.classes.values().flat_map(|class| class.jobs.values());
        queued.map(|waiting| waiting.id).chain(self.delayed.values().copied()).collect()
    }

    /// Notes for each class when a worker was there last that could run its jobs. `seen` has the
    /// workers, with the time of their last heartbeat.
    pub(super) fn note_served(&mut self, seen: &[(&WorkerInfo, Instant)]) {
        for (class, queued) in &mut self.classes {
            let able = seen.iter().filter(|(worker, _)| worker.can_run_class(class));
            let last = able.map(|(_, seen)| *seen).max();
            queued.served = last.map_or(queued.served, |last| last.max(queued.served));
        }
    }

    /// The jobs that no worker could run for longer than `limit`.
    pub(super) fn unworkable(&self, limit: Duration, now: Instant) -> Vec<JobId> {
        let is_over = |since: Instant| now.duration_since(since) > limit;
        let mut unworkable = Vec::new();
        for class in self.classes.values().filter(|class| is_over(class.served)) {
            for priority in Priority::ALL.map(Reverse) {
                let rank = |sequence| Rank { priority, sequence };
                let jobs = class.jobs.range(rank(0)..=rank(u64::MAX)).map(|(_, waiting)| waiting);
                let old = jobs.take_while(|waiting| is_over(waiting.submitted));
                unworkable.extend(old.map(|waiting| waiting.id));
            }
        }
        unworkable
    }
}
