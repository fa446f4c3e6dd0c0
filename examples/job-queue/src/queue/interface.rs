//! The interface of every queue.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;

use super::{error::QueueError, event::JobEvent, worker::WorkerInfo};
use crate::job::{JobEnd, JobId, JobRecord, JobRequest, JobState};

/// A queue of jobs and a store of their records.
///
/// A job is given to one worker at a time, and to another one when that worker dies, so jobs run at
/// least once. Whoever holds an old [`Lease`] cannot change a job any more, so each job ends once.
#[async_trait]
pub trait Queue: fmt::Debug + Send + Sync {
    /// Whether jobs can be submitted now. Answers at once, from what the queue knows already.
    ///
    /// # Errors
    /// The error that [`submit`](Self::submit) would return.
    fn ready(&self) -> Result<(), QueueError>;

    /// Queues a job. After this returns, the job runs even if a worker dies while it runs the job.
    async fn submit(&self, request: JobRequest) -> Result<JobId, QueueError>;

    /// Says that a worker is there, and which jobs it has; to be repeated at a third of
    /// [`worker_expiry`](super::QueueOptions::worker_expiry), and before the first
    /// [`claim`](Self::claim).
    ///
    /// A job of the worker that `leases` does not name goes back to the queue, once its claim is
    /// older than a third of the expiry: the worker never learned of the claim, or was started
    /// again under its name. A claim that is younger may be on its way.
    async fn heartbeat(
        &self,
        worker: &WorkerInfo,
        leases: &[Lease],
    ) -> Result<Heartbeat, QueueError>;

    /// Claims the job of the highest priority that the worker can run, and of several the oldest,
    /// in one step: the job is then `assigned`. Waits for a job for at most `wait`, also while the
    /// queue is [away](QueueError::Away).
    ///
    /// Dropping the future loses no job: a job that was claimed goes back when a
    /// [`heartbeat`](Self::heartbeat) does not name its lease.
    async fn claim(&self, worker: &WorkerInfo, wait: Duration)
    -> Result<Option<Claim>, QueueError>;

    /// Says that the job runs now. Returns whether the lease is still valid.
    async fn begin(&self, lease: &Lease) -> Result<bool, QueueError>;

    /// Reports the progress of a job that runs, in percent. Nothing happens if the lease is not
    /// valid any more.
    async fn progress(&self, lease: &Lease, percent: u8) -> Result<(), QueueError>;

    /// Stores how an attempt ended. A failure is tried again after
    /// [`retry_delay`](super::QueueOptions::retry_delay) if the job has retries left and
    /// [its reason allows it](crate::job::FailureReason::is_retryable); otherwise the job is
    /// `failed`, or `timed_out` if the reason is
    /// [`DeadlineExceeded`](crate::job::FailureReason::DeadlineExceeded).
    ///
    /// May be called again after an error: the answer for one lease stays the same.
    async fn finish(&self, lease: &Lease, end: JobEnd) -> Result<Settled, QueueError>;

    /// Gives a job back that was not finished, because the worker stops. It is queued again, and
    /// the attempt does not count as a retry.
    async fn release(&self, lease: &Lease) -> Result<(), QueueError>;

    /// Says that a worker goes. Jobs that it still has are queued again.
    async fn leave(&self, worker_id: &str) -> Result<(), QueueError>;

    /// Cancels a job. A job that waits ends at once; the worker of a job that runs learns of it
    /// with its next [`heartbeat`](Self::heartbeat), and cannot finish it any more.
    async fn cancel(&self, id: JobId) -> Result<Cancelled, QueueError>;

    /// The record of a job; `None` if the job was never submitted or its record was dropped.
    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, QueueError>;

    /// Does what is due: jobs of dead workers go to others, jobs that nobody can run are
    /// unworkable, failed jobs are queued again. To be repeated by each process with the API, about
    /// once a second; any number of processes may.
    ///
    /// A job whose worker died uses up none of its retries. It fails with
    /// [`WorkerLost`](crate::job::FailureReason::WorkerLost) when
    /// [`MAX_LOST_WORKERS`](super::QueueOptions::MAX_LOST_WORKERS) workers died while they had it,
    /// because the job may be what kills them.
    async fn sweep(&self) -> Result<Sweep, QueueError>;

    /// Counts jobs and workers.
    async fn stats(&self) -> Result<QueueStats, QueueError>;

    /// The events from now on; those of one job are in order. A receiver that is too slow misses
    /// events and learns how many. Events of a time when the queue was away are missed too.
    fn events(&self) -> broadcast::Receiver<JobEvent>;

    /// Ends submissions and claims through this handle. Workers may still finish the jobs that they
    /// have. Where the queue ends with the process, jobs that wait are cancelled; returns how many.
    fn close(&self) -> usize;
}

/// A job in the hands of one worker.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The right to the job.
    pub lease: Lease,
    /// The job, with the attempt that begins counted.
    pub record: JobRecord,
}

/// A worker's right to a job, for one attempt.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize)]
pub struct Lease {
    /// The job.
    pub job: JobId,
    /// The worker.
    pub worker: String,
    /// The number of the claim among all claims of the job.
    pub claim: u64,
}

/// The answer to a heartbeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heartbeat {
    /// Jobs of the worker that are no longer its own: they were cancelled, or given to another
    /// worker while this one was silent. Their work is to be dropped.
    pub lost: Vec<JobId>,
}

/// What became of a job at the end of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The job is over.
    Over(JobState),
    /// The job is tried again.
    Retried,
    /// The lease was not valid any more, and nothing was changed.
    Lost,
}

/// The answer to a cancellation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cancelled {
    /// The job is cancelled.
    Now,
    /// The job was over already, in this state.
    Over(JobState),
    /// There is no such job.
    Unknown,
}

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Jobs of dead workers that were queued again.
    pub recovered: u64,
    /// Jobs of dead workers that have lost too many workers, and have failed.
    pub failed: u64,
    /// Jobs that became unworkable.
    pub unworkable: u64,
    /// Jobs that had failed and are queued again.
    pub retried: u64,
    /// Jobs and keys that cannot be read. They are put aside, and the sweep has logged them.
    pub unreadable: u64,
}

/// Jobs and workers of a queue at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueStats {
    /// Jobs that wait for a worker, including those that wait for their next attempt.
    pub queued: u64,
    /// Jobs that a worker has.
    pub running: u64,
    /// Workers that are there.
    pub workers: u64,
    /// Workers that can take another job now.
    pub available_workers: u64,
    /// Jobs that all workers can run at the same time.
    pub slots: u64,
}
