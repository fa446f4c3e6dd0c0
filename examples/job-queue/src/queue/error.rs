/// Why a queue refuses a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// The service is stopping and takes no more jobs.
    #[error("the queue is closed; the service is stopping")]
    Closed,
    /// As many jobs wait as the queue may hold.
    #[error("the queue is full: {limit} jobs are waiting; try again later")]
    Full {
        /// The most jobs that may wait.
        limit: usize,
    },
    /// The queue cannot be reached or does not answer as it should. The next call tries again.
    #[error("the queue is away: {reason}")]
    Away {
        /// The server, and its problem.
        reason: String,
    },
    /// What is stored for a job is not what this version writes.
    #[error("the record of job {id} cannot be read: {reason}")]
    Foreign {
        /// The job.
        id: String,
        /// The field, and its problem.
        reason: String,
    },
}
