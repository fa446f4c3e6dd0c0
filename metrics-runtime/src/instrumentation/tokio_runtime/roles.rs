use crate::roles::{Items, Level, Seconds, Total};

/// What this module measures: the words after `on` in a set of your own.
/// [`TokioRuntimeMetrics`](super::TokioRuntimeMetrics) records all roles.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct TokioRuntimeRoles {
    /// Threads that run tasks.
    pub workers: Level<Items>,
    /// Tasks that were spawned and have not ended.
    pub alive_tasks: Level<Items>,
    /// Tasks that are ready and in the queue of all workers.
    pub global_queue_depth: Level<Items>,
    /// Time that the workers were busy, summed up.
    pub busy_time: Total<Seconds>,
    /// Times that a worker has parked, because it had nothing to do.
    pub parks: Total<Items>,
    /// Threads for blocking code. With `tokio_unstable`.
    pub blocking_threads: Level<Items>,
    /// Threads for blocking code that have nothing to do. With `tokio_unstable`.
    pub idle_blocking_threads: Level<Items>,
    /// Blocking code that waits for a thread. With `tokio_unstable`.
    pub blocking_queue_depth: Level<Items>,
    /// Tasks that are ready and in the queues of single workers, summed up. With `tokio_unstable`.
    pub local_queue_depth: Level<Items>,
    /// Tasks that were spawned. With `tokio_unstable`.
    pub spawned_tasks: Total<Items>,
    /// Polls of tasks. With `tokio_unstable`.
    pub polls: Total<Items>,
    /// Tasks that a worker has taken from the queue of another worker. With `tokio_unstable`.
    pub steals: Total<Items>,
    /// Times that a task had to yield because it had used its budget. With `tokio_unstable`.
    pub budget_forced_yields: Total<Items>,
}
