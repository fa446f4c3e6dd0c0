//! The interface of every broker.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;

use super::error::BrokerError;
use crate::job::{Job, JobId, JobRecord, Outcome};

/// A queue of jobs and a store of their records.
///
/// A broker delivers each job to one agent at a time, and delivers it again when that agent goes
/// away before the job is finished. Jobs therefore run at least once.
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
/// delivery.lease.finish(Outcome { result, duration: Some(Duration::ZERO) }).await?;
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
    /// The error that [`submit`](Self::submit) would return.
    fn ready(&self) -> Result<(), BrokerError>;

    /// The number of jobs that are waiting or running; `None` while the broker does not know it.
    /// Answers at once, as [`ready`](Self::ready) does.
    fn unfinished(&self) -> Option<u64>;

    /// Queues a job. After this returns, the job runs even if an agent dies while it runs the job.
    async fn submit(&self, job: Job) -> Result<(), BrokerError>;

    /// Waits for a job and delivers it to the agent of that name.
    ///
    /// Dropping the future loses no job.
    async fn next(&self, agent: &str) -> Result<Delivery, BrokerError>;

    /// The record of a job; `None` if the job was never submitted or its record was dropped.
    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError>;

    /// The record of a job, once the job is over, or once the broker is closed and no agent of this
    /// broker can finish the job.
    async fn finished(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError>;

    /// Ends submissions and deliveries through this handle. Agents may still finish the jobs that
    /// they run. Returns how many waiting jobs this cancels: all of them where the queue ends with
    /// the process, none where the queue is elsewhere.
    fn close(&self) -> usize;

    /// Waits until the jobs that agents returned are in the queue again, for at most `limit`. To be
    /// called after [`close`](Self::close), because agents may return more jobs before it.
    async fn settle(&self, limit: Duration);
}

/// A job in the hands of one agent.
#[derive(Debug)]
pub struct Delivery {
    /// The job to run.
    pub job: Arc<Job>,
    /// The right to finish the job.
    pub lease: Box<dyn Lease>,
}

/// An agent's right to finish one delivered job.
///
/// Dropping a lease before it is finished returns the job to the queue, so an agent that dies loses
/// no job.
#[async_trait]
pub trait Lease: fmt::Debug + Send {
    /// Stores how the job ended, then acknowledges the delivery.
    async fn finish(self: Box<Self>, outcome: Outcome) -> Result<(), BrokerError>;
}
