use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::{
    job::{JobEnd, JobId, JobRecord, JobRequest},
    queue::{
        Cancelled, Claim, EmbeddedQueue, Heartbeat, JobEvent, Lease, Queue, QueueError, QueueStats,
        Settled, Sweep, WorkerInfo,
    },
};

/// The way of one worker to a queue, which can be cut.
#[derive(Clone, Debug)]
pub(super) struct FaultyQueue {
    queue: EmbeddedQueue,
    /// Whether heartbeats do not arrive.
    pub(super) silent: Arc<AtomicBool>,
    /// Whether calls of a worker that stops are never answered.
    pub(super) hangs: Arc<AtomicBool>,
    /// How many ends do not arrive.
    pub(super) lost_ends: Arc<AtomicU32>,
}

impl FaultyQueue {
    pub(super) fn new(queue: EmbeddedQueue) -> Self {
        Self { queue, silent: Arc::default(), hangs: Arc::default(), lost_ends: Arc::default() }
    }

    async fn answers(&self) {
        if self.hangs.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
    }
}

fn away<T>() -> Result<T, QueueError> {
    Err(QueueError::Away { reason: "the way is cut".to_owned() })
}

#[async_trait]
impl Queue for FaultyQueue {
    async fn heartbeat(
        &self,
        worker: &WorkerInfo,
        leases: &[Lease],
    ) -> Result<Heartbeat, QueueError> {
        if self.silent.load(Ordering::SeqCst) {
            return away();
        }
        self.queue.heartbeat(worker, leases).await
    }

    async fn finish(&self, lease: &Lease, end: JobEnd) -> Result<Settled, QueueError> {
        let lost = &self.lost_ends;
        let one_less = |left: u32| left.checked_sub(1);
        if lost.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less).is_ok() {
            return away();
        }
        self.queue.finish(lease, end).await
    }

    fn ready(&self) -> Result<(), QueueError> {
        self.queue.ready()
    }

    async fn submit(&self, request: JobRequest) -> Result<JobId, QueueError> {
        self.queue.submit(request).await
    }

    async fn claim(
        &self,
        worker: &WorkerInfo,
        wait: Duration,
    ) -> Result<Option<Claim>, QueueError> {
        self.queue.claim(worker, wait).await
    }

    async fn begin(&self, lease: &Lease) -> Result<bool, QueueError> {
        self.queue.begin(lease).await
    }

    async fn progress(&self, lease: &Lease, percent: u8) -> Result<(), QueueError> {
        self.queue.progress(lease, percent).await
    }

    async fn release(&self, lease: &Lease) -> Result<(), QueueError> {
        self.answers().await;
        self.queue.release(lease).await
    }

    async fn leave(&self, worker_id: &str) -> Result<(), QueueError> {
        self.answers().await;
        self.queue.leave(worker_id).await
    }

    async fn cancel(&self, id: JobId) -> Result<Cancelled, QueueError> {
        self.queue.cancel(id).await
    }

    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, QueueError> {
        self.queue.record(id).await
    }

    async fn sweep(&self) -> Result<Sweep, QueueError> {
        self.queue.sweep().await
    }

    async fn stats(&self) -> Result<QueueStats, QueueError> {
        self.queue.stats().await
    }

    fn events(&self) -> broadcast::Receiver<JobEvent> {
        self.queue.events()
    }

    fn close(&self) -> usize {
        self.queue.close()
    }
}
