use std::time::Duration;

/// The limits of a queue. Every process of one queue has the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueOptions {
    /// The most jobs that may wait for a worker; more submissions are refused. 100,000 by default.
    pub max_queued: usize,
    /// The most records of jobs that are over; the oldest one is dropped for a new one. 10,000 by
    /// default.
    pub max_finished: usize,
    /// The most bytes that the jobs of a queue in the process take, with those that are over; more
    /// submissions are refused. A record of a job that is over is dropped for a new job. 256 MiB by
    /// default. A server has a limit of its own.
    pub max_bytes: u64,
    /// A worker that is silent for longer is dead, and its jobs go to others. 15 s by default.
    pub worker_expiry: Duration,
    /// A job that no worker could run for longer is unworkable. 60 s by default.
    pub unworkable_after: Duration,
    /// The time before a job that failed is tried again. 1 s by default.
    pub retry_delay: Duration,
}

impl QueueOptions {
    /// The most workers that may die while they have a job; then the job fails.
    pub const MAX_LOST_WORKERS: u32 = 5;

    /// The most different pairs of a service and requirements among the jobs that wait. A claim
    /// looks at one job of each pair.
    pub const MAX_CLASSES: usize = 1_000;
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self {
            max_queued: 100_000,
            max_finished: 10_000,
            max_bytes: 256 << 20,
            worker_expiry: Duration::from_secs(15),
            unworkable_after: Duration::from_secs(60),
            retry_delay: Duration::from_secs(1),
        }
    }
}
