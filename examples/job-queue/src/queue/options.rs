use std::time::Duration;

/// The limits of a queue. Every process of one queue has the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueOptions {
    /// The most jobs that may wait for a worker; more submissions are refused. 100,000 by default.
    pub max_queued: usize,
    /// The most records of jobs that are over; the oldest one is dropped for a new one. 10,000 by
    /// default.
    pub max_finished: usize,
    /// A worker that is silent for longer is dead, and its jobs go to others. 15 s by default.
    pub worker_expiry: Duration,
    /// A job that no worker could run for longer is unworkable. 60 s by default.
    pub unworkable_after: Duration,
    /// The time before a job that failed is tried again. 1 s by default.
    pub retry_delay: Duration,
}

impl Default for QueueOptions {
    fn default() -> Self {
        Self {
            max_queued: 100_000,
            max_finished: 10_000,
            worker_expiry: Duration::from_secs(15),
            unworkable_after: Duration::from_secs(60),
            retry_delay: Duration::from_secs(1),
        }
    }
}
