//! The errors of a broker.

/// Why a broker refuses a call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokerError {
    /// The service is stopping and takes no more jobs.
    #[error("the broker is closed; the service is stopping")]
    Closed,
    /// As many jobs wait as the broker may hold.
    #[error("the queue is full: {limit} jobs are waiting; try again later")]
    QueueFull {
        /// The most jobs that may wait.
        limit: usize,
    },
    /// The job is larger than the largest message that the broker accepts.
    #[error("the job is larger than the broker's limit; shorten its arguments, or raise the limit")]
    TooLarge,
    /// The broker's store is full or cannot be written, so that it takes no job and no result until
    /// it can.
    #[error("the broker's store is full or cannot be written: {reason}")]
    StoreFull {
        /// The server, and its answer.
        reason: String,
    },
    /// A record has a form that this version cannot read: a process of another version has written
    /// it, or it is damaged.
    #[error("{reason}")]
    Foreign {
        /// The record, and what is wrong with it.
        reason: String,
    },
    /// The broker cannot be reached or does not answer. The next call tries again.
    #[error("the broker is away: {reason}")]
    Away {
        /// The server, and its problem.
        reason: String,
    },
    /// The broker's configuration, or something else on it, leaves no place for the service.
    #[error("the broker is misconfigured: {reason}")]
    Misconfigured {
        /// The server, and what has to be changed.
        reason: String,
    },
    /// The broker does not accept the credentials, or they lack a permission.
    #[error("the broker refuses the service: {reason}")]
    Refuses {
        /// The server, and what it refuses.
        reason: String,
    },
}
