//! A broker inside the process, for one machine and for tests. The queue and the records end with
//! the process.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::{Notify, Semaphore};

use super::{
    error::BrokerError,
    interface::{Broker, Delivery, Lease},
};
use crate::job::{Job, JobId, JobRecord, JobState, Outcome};

/// An in-memory work queue and store of records. Clones share them.
#[derive(Clone, Debug)]
pub struct EmbeddedBroker {
    shared: Arc<BrokerState>,
}

/// How much an [`EmbeddedBroker`] keeps in memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most jobs that may wait for an agent; more submissions are refused. 100,000 by default.
    pub queued: usize,
    /// The most records of jobs that are over; the oldest one is dropped for a new one. 10,000 by
    /// default.
    pub finished: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queued: 100_000, finished: 10_000 }
    }
}

#[derive(Debug)]
struct BrokerState {
    limits: Limits,
    /// One permit for each job in `Store::queue`; closed together with the broker.
    queued: Semaphore,
    store: Mutex<Store>,
}

#[derive(Debug, Default)]
struct Store {
    closed: bool,
    queue: VecDeque<Arc<Job>>,
    entries: HashMap<JobId, Entry>,
    /// The jobs that are over, oldest first.
    finished: VecDeque<JobId>,
}

#[derive(Debug)]
struct Entry {
    record: JobRecord,
    /// Wakes the calls that wait for the end. The first of them creates it.
    over: Option<Arc<Notify>>,
}

impl EmbeddedBroker {
    /// An empty broker.
    pub fn new(limits: Limits) -> Self {
        Self {
            shared: Arc::new(BrokerState {
                limits,
                queued: Semaphore::new(0),
                store: Mutex::default(),
            }),
        }
    }
}

#[async_trait]
impl Broker for EmbeddedBroker {
    fn ready(&self) -> Result<(), BrokerError> {
        self.shared.store().check_room(self.shared.limits.queued)
    }

    fn unfinished(&self) -> Option<u64> {
        let store = self.shared.store();
        Some((store.entries.len() - store.finished.len()) as u64)
    }

    async fn submit(&self, job: Job) -> Result<(), BrokerError> {
        let mut store = self.shared.store();
        store.check_room(self.shared.limits.queued)?;
        let job = Arc::new(job);
        let record = JobRecord::new(&job, JobState::Queued);
        store.entries.insert(job.id, Entry { record, over: None });
        store.queue.push_back(job);
        self.shared.queued.add_permits(1);
        Ok(())
    }

    async fn next(&self, agent: &str) -> Result<Delivery, BrokerError> {
        loop {
            let Ok(permit) = self.shared.queued.acquire().await else {
                return Err(BrokerError::Closed);
            };
            permit.forget();
            let mut store = self.shared.store();
            // Empty only if the broker was closed after the permit was acquired.
            let Some(job) = store.queue.pop_front() else {
                continue;
            };
            let agent: Arc<str> = agent.into();
            store.set(job.id, JobState::Running { agent: Arc::clone(&agent) });
            return Ok(Delivery {
                job: Arc::clone(&job),
                lease: Box::new(EmbeddedLease {
                    shared: Arc::clone(&self.shared),
                    agent,
                    job: Some(job),
                }),
            });
        }
    }

    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError> {
        let store = self.shared.store();
        Ok(store.entries.get(&id).map(|entry| entry.record.clone()))
    }

    async fn finished(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError> {
        loop {
            let over = {
                let mut store = self.shared.store();
                let Some(entry) = store.entries.get_mut(&id) else {
                    return Ok(None);
                };
                if entry.record.state.is_over() {
                    return Ok(Some(entry.record.clone()));
                }
                // Created under the lock, so that a job that ends later wakes this future.
                Arc::clone(entry.over.get_or_insert_default()).notified_owned()
            };
            over.await;
        }
    }

    /// Cancels the waiting jobs. A job that an agent returns later is cancelled too.
    fn close(&self) -> usize {
        self.shared.queued.close();
        let mut store = self.shared.store();
        store.closed = true;
        let waiting = mem::take(&mut store.queue);
        for job in &waiting {
            store.end(job.id, JobState::Cancelled, self.shared.limits.finished);
        }
        waiting.len()
    }

    /// Returns at once, because a returned job is in the queue immediately.
    async fn settle(&self, _: Duration) {}
}

impl BrokerState {
    fn store(&self) -> MutexGuard<'_, Store> {
        // A poisoned lock is safe: no code panics in the middle of a change.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    fn check_room(&self, limit: usize) -> Result<(), BrokerError> {
        if self.closed {
            Err(BrokerError::Closed)
        } else if self.queue.len() >= limit {
            Err(BrokerError::QueueFull { limit })
        } else {
            Ok(())
        }
    }

    fn set(&mut self, id: JobId, state: JobState) {
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.record.state = state;
        }
    }

    /// Stores a job's end, wakes the calls that wait for it, and drops the oldest of more than
    /// `keep` records.
    fn end(&mut self, id: JobId, state: JobState, keep: usize) {
        let Some(entry) = self.entries.get_mut(&id) else {
            return;
        };
        entry.record.state = state;
        if let Some(over) = entry.over.take() {
            over.notify_waiters();
        }
        self.finished.push_back(id);
        while self.finished.len() > keep {
            if let Some(oldest) = self.finished.pop_front() {
                self.entries.remove(&oldest);
            }
        }
    }
}

#[derive(Debug)]
struct EmbeddedLease {
    shared: Arc<BrokerState>,
    agent: Arc<str>,
    /// `None` once the job is finished.
    job: Option<Arc<Job>>,
}

#[async_trait]
impl Lease for EmbeddedLease {
    async fn finish(mut self: Box<Self>, outcome: Outcome) -> Result<(), BrokerError> {
        if let Some(job) = self.job.take() {
            let agent = Arc::clone(&self.agent);
            let state = JobState::Finished { agent, outcome };
            let keep = self.shared.limits.finished;
            self.shared.store().end(job.id, state, keep);
        }
        Ok(())
    }
}

impl Drop for EmbeddedLease {
    fn drop(&mut self) {
        let Some(mut job) = self.job.take() else {
            return;
        };
        Arc::make_mut(&mut job).attempt += 1;
        let mut store = self.shared.store();
        if store.closed {
            store.end(job.id, JobState::Cancelled, self.shared.limits.finished);
        } else {
            // The job was at the front when it was taken, so it has waited longest.
            store.set(job.id, JobState::Queued);
            store.queue.push_front(job);
            self.shared.queued.add_permits(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        job::JobStatus,
        operations::{Operation, Output},
    };

    fn broker() -> EmbeddedBroker {
        EmbeddedBroker::new(Limits::default())
    }

    async fn submit(broker: &EmbeddedBroker) -> JobId {
        let job = Job::new(Operation::NodeHostname);
        let id = job.id;
        broker.submit(job).await.expect("the broker is open");
        id
    }

    async fn take(broker: &EmbeddedBroker, agent: &str) -> Delivery {
        broker.next(agent).await.expect("the broker is open")
    }

    async fn status(broker: &EmbeddedBroker, id: JobId) -> Option<JobStatus> {
        let record = broker.record(id).await.expect("never fails");
        record.map(|record| record.state.status())
    }

    fn success() -> Outcome {
        Outcome {
            result: Ok(Output::json(&1).expect("valid JSON")),
            duration: Some(Duration::ZERO),
        }
    }

    #[tokio::test]
    async fn jobs_are_delivered_in_order_and_a_returned_one_comes_first() {
        let broker = broker();
        let (first, second) = (submit(&broker).await, submit(&broker).await);
        let delivery = take(&broker, "a1").await;
        assert_eq!(delivery.job.id, first);
        drop(delivery);
        assert_eq!(status(&broker, first).await, Some(JobStatus::Queued));
        assert_eq!(take(&broker, "a2").await.job.id, first);
        // The delivery above was dropped at once, so the first job is back in front again.
        let again = take(&broker, "a2").await;
        assert_eq!(again.job.id, first);
        assert_eq!(take(&broker, "a2").await.job.id, second);
    }

    #[tokio::test]
    async fn the_oldest_finished_record_is_dropped() {
        let broker = EmbeddedBroker::new(Limits { finished: 2, ..Limits::default() });
        let mut ids = Vec::new();
        for _ in 0..3 {
            ids.push(submit(&broker).await);
            let delivery = take(&broker, "a1").await;
            delivery.lease.finish(success()).await.expect("never fails");
        }
        assert_eq!(status(&broker, ids[0]).await, None);
        assert_eq!(status(&broker, ids[1]).await, Some(JobStatus::Completed));
        assert!(broker.finished(ids[0]).await.expect("never fails").is_none());
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let broker = EmbeddedBroker::new(Limits { queued: 1, ..Limits::default() });
        assert_eq!(broker.ready(), Ok(()));
        submit(&broker).await;
        assert_eq!(broker.ready(), Err(BrokerError::QueueFull { limit: 1 }));
        assert_eq!(
            broker.submit(Job::new(Operation::NodeHostname)).await,
            Err(BrokerError::QueueFull { limit: 1 })
        );
    }

    #[tokio::test]
    async fn closing_cancels_what_waits_and_lets_the_running_finish() {
        let broker = broker();
        let (running, returned) = (submit(&broker).await, submit(&broker).await);
        let (delivery, unfinished) = (take(&broker, "a1").await, take(&broker, "a1").await);
        let waiting = submit(&broker).await;

        assert_eq!(broker.close(), 1);
        assert_eq!(broker.ready(), Err(BrokerError::Closed));
        assert_eq!(status(&broker, waiting).await, Some(JobStatus::Cancelled));
        assert_eq!(
            broker.submit(Job::new(Operation::NodeHostname)).await,
            Err(BrokerError::Closed)
        );
        assert_eq!(broker.next("a1").await.err(), Some(BrokerError::Closed));

        delivery.lease.finish(success()).await.expect("never fails");
        assert_eq!(status(&broker, running).await, Some(JobStatus::Completed));
        drop(unfinished);
        assert_eq!(status(&broker, returned).await, Some(JobStatus::Cancelled));
    }
}
