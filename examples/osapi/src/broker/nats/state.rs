//! The state that the clones of a broker, its leases and its tasks share.

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{accepted::AcceptedJobs, connection::Connection, unrunnable::UnrunnableJobs};

#[derive(Debug)]
pub(super) struct BrokerState {
    pub(super) connection: Connection,
    /// Cancelled when the broker is closed.
    pub(super) closed: CancellationToken,
    /// Requests for jobs, and returns of jobs to the queue.
    pub(super) tasks: TaskTracker,
    pub(super) accepted: AcceptedJobs,
    pub(super) unrunnable: UnrunnableJobs,
}

impl BrokerState {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            closed: CancellationToken::new(),
            tasks: TaskTracker::new(),
            accepted: AcceptedJobs::default(),
            unrunnable: UnrunnableJobs::default(),
        }
    }
}
