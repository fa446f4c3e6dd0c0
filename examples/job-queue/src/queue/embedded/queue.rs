use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    sync::{Notify, broadcast},
    time::{Instant, timeout},
};

use super::{
    super::{
        error::QueueError,
        event::JobEvent,
        interface::{Cancelled, Claim, Heartbeat, Lease, Queue, QueueStats, Settled, Sweep},
        options::QueueOptions,
        worker::WorkerInfo,
    },
    store::Store,
};
use crate::job::{JobEnd, JobId, JobRecord, JobRequest};

/// An in-memory queue. Clones share it.
///
/// ```
/// use std::{collections::BTreeSet, time::Duration};
/// use job_queue::job::{Capabilities, JobRequest, JobState, Payload, Service, SimulationPayload};
/// use job_queue::queue::{EmbeddedQueue, Queue, QueueOptions, WorkerInfo};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let queue = EmbeddedQueue::new(QueueOptions::default());
/// let payload = Payload::Simulation(SimulationPayload::default());
/// let id = queue.submit(JobRequest::new(payload)).await?;
///
/// let worker = WorkerInfo {
///     id: "worker-1".to_owned(),
///     services: BTreeSet::from([Service::Simulation]),
///     capabilities: Capabilities::default(),
///     slots: 1,
/// };
/// queue.heartbeat(&worker, &[]).await?;
/// let claim = queue.claim(&worker, Duration::from_secs(1)).await?.expect("there is a job");
/// assert_eq!((claim.record.id, claim.record.state), (id, JobState::Assigned));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct EmbeddedQueue {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    store: Mutex<Store>,
    /// Wakes the claims that wait for a job.
    queued: Notify,
}

impl EmbeddedQueue {
    /// An empty queue.
    pub fn new(options: QueueOptions) -> Self {
        let store = Mutex::new(Store::new(options));
        Self { shared: Arc::new(Shared { store, queued: Notify::new() }) }
    }

    fn store(&self) -> MutexGuard<'_, Store> {
        self.shared.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the store, and wakes the claims that wait if there are more jobs for them.
    fn change<T>(&self, change: impl FnOnce(&mut Store, Instant) -> T) -> T {
        let mut store = self.store();
        let result = change(&mut store, Instant::now());
        if store.has_news() {
            self.shared.queued.notify_waiters();
        }
        result
    }
}

#[async_trait]
impl Queue for EmbeddedQueue {
    fn ready(&self) -> Result<(), QueueError> {
        self.store().check_room()
    }

    async fn submit(&self, request: JobRequest) -> Result<JobId, QueueError> {
        self.change(|store, now| store.submit(request, now))
    }

    async fn heartbeat(
        &self,
        worker: &WorkerInfo,
        leases: &[Lease],
    ) -> Result<Heartbeat, QueueError> {
        Ok(self.change(|store, now| store.heartbeat(worker, leases, now)))
    }

    async fn claim(
        &self,
        worker: &WorkerInfo,
        wait: Duration,
    ) -> Result<Option<Claim>, QueueError> {
        let begin = Instant::now();
        loop {
            // Created before the store is read, so that a job that is queued later wakes it.
            let queued = self.shared.queued.notified();
            if let Some(claim) = self.store().claim(worker, Instant::now())? {
                return Ok(Some(claim));
            }
            if timeout(wait.saturating_sub(begin.elapsed()), queued).await.is_err() {
                return Ok(None);
            }
        }
    }

    async fn begin(&self, lease: &Lease) -> Result<bool, QueueError> {
        Ok(self.store().begin(lease))
    }

    async fn progress(&self, lease: &Lease, percent: u8) -> Result<(), QueueError> {
        self.store().progress(lease, percent);
        Ok(())
    }

    async fn finish(&self, lease: &Lease, end: JobEnd) -> Result<Settled, QueueError> {
        Ok(self.change(|store, now| store.finish(lease, end, now)))
    }

    async fn release(&self, lease: &Lease) -> Result<(), QueueError> {
        self.change(|store, now| store.release(lease, now));
        Ok(())
    }

    async fn leave(&self, worker_id: &str) -> Result<(), QueueError> {
        self.change(|store, now| store.leave(worker_id, now));
        Ok(())
    }

    async fn cancel(&self, id: JobId) -> Result<Cancelled, QueueError> {
        Ok(self.store().cancel(id))
    }

    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, QueueError> {
        Ok(self.store().record(id))
    }

    async fn sweep(&self) -> Result<Sweep, QueueError> {
        Ok(self.change(Store::sweep))
    }

    async fn stats(&self) -> Result<QueueStats, QueueError> {
        Ok(self.store().stats(Instant::now()))
    }

    fn events(&self) -> broadcast::Receiver<JobEvent> {
        self.store().events()
    }

    /// Cancels the jobs that wait. A job that a worker gives back later is cancelled too, and a
    /// failure is not tried again.
    fn close(&self) -> usize {
        let cancelled = self.store().close();
        self.shared.queued.notify_waiters();
        cancelled
    }
}
