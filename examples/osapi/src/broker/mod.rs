//! The way from the API to the agents: a work queue with acknowledgement, and a store of results.

mod embedded;
pub mod nats;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

use crate::job::{Job, JobId, JobRecord, Outcome};

pub use embedded::{EmbeddedBroker, Limits};
pub use nats::NatsBroker;

/// What the service asks of a broker.
///
/// A broker delivers each job to one agent at a time, and delivers it again when that agent goes
/// away without finishing it. Jobs therefore run at least once.
///
/// ```
/// use std::time::Duration;
/// use osapi::broker::{Broker, EmbeddedBroker, Limits};
/// use osapi::job::{Job, JobStatus, Outcome};
/// use osapi::operations::{Operation, Output};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let broker = EmbeddedBroker::new(Limits::default());
/// let job = Job::new(Operation::NodeHostname);
/// let id = job.id;
/// broker.submit(job).await?;
///
/// let delivery = broker.next("agent-1").await?;
/// let result = Ok(Output::json(&"n1")?);
/// delivery.lease.finish(Outcome { result, duration: Duration::ZERO }).await?;
///
/// let record = broker.record(id).await?.expect("stored");
/// assert_eq!(record.state.status(), JobStatus::Completed);
/// # Ok(())
/// # }
/// ```
#[async_trait]
pub trait Broker: fmt::Debug + Send + Sync {
    /// Whether jobs can be submitted now. Answers at once, from what the broker knows already.
    ///
    /// # Errors
    /// What [`submit`](Self::submit) would return.
    fn ready(&self) -> Result<(), BrokerError>;

    /// How many jobs are not over, waiting or running, as far as it is known. Answers at once, as
    /// [`ready`](Self::ready) does.
    fn unfinished(&self) -> Option<u64>;

    /// Queues a job. Once this returns, the job is run even if an agent dies over it.
    async fn submit(&self, job: Job) -> Result<(), BrokerError>;

    /// Waits for a job and hands it to the agent of that name.
    ///
    /// Dropping the future loses no job.
    async fn next(&self, agent: &str) -> Result<Delivery, BrokerError>;

    /// What is known of a job; `None` if it was never submitted or its record was dropped.
    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError>;

    /// As [`record`](Self::record), but waits until the job is over, or until the broker was closed
    /// and nobody here can bring the job to its end.
    async fn finished(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError>;

    /// Takes and delivers no more jobs through this handle; jobs in the hands of an agent may still
    /// finish. Returns how many waiting jobs this cancels: all, where the queue ends with the
    /// process, and none, where it stays.
    fn close(&self) -> usize;

    /// Waits until the jobs that agents gave back are in the queue again, at most for `limit`. Made
    /// for a broker that was closed: until then agents may give back more.
    async fn settle(&self, limit: Duration);
}

/// A job in the hands of one agent.
#[derive(Debug)]
pub struct Delivery {
    /// What to run.
    pub job: Arc<Job>,
    /// The right to finish it.
    pub lease: Box<dyn Lease>,
}

/// An agent's right to finish one delivered job.
///
/// Dropping a lease unfinished returns the job to the queue: an agent that dies loses nothing.
#[async_trait]
pub trait Lease: fmt::Debug + Send {
    /// Stores how the job ended, then acknowledges the delivery.
    async fn finish(self: Box<Self>, outcome: Outcome) -> Result<(), BrokerError>;
}

/// Why a broker refused.
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
    /// The job is larger than what the broker takes as one message.
    #[error("the job is larger than the broker takes; give it less, or let the broker take more")]
    TooLarge,
    /// The broker cannot be reached or does not do its part. It is asked again with the next call.
    #[error("the broker is away: {reason}")]
    Away {
        /// Which server, and what is known of it.
        reason: String,
    },
}
