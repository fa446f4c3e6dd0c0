//! The broker's calls, on a connection that is made in the background.

use std::{
    fmt::Display,
    panic::resume_unwind,
    sync::{Arc, OnceLock},
    time::Duration,
};

use async_nats::{
    Client, ConnectError,
    jetstream::{AckKind, Message},
};
use async_trait::async_trait;
use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{debug, warn};

use super::{
    connection::Connection,
    heartbeat::{self, Heartbeats},
    lease::{ClaimError, claim},
    publish::publish,
    pull::pull,
    records::{RecordError, Records},
    recovery::{RecoverySchedule, recover},
    servers::NatsServers,
    state::BrokerState,
    unfinished::UnfinishedCount,
    waiters::Waiters,
    wire::{StoredJob, StoredRecord, StoredState},
};
use crate::{
    broker::{
        error::BrokerError,
        interface::{Broker, Delivery},
    },
    fleet::Fleet,
    job::{Job, JobId, JobRecord},
};

/// A call that waits for a job reads the record this often, because the announcement of the end may
/// come while there is no connection.
const RECHECK: Duration = Duration::from_secs(1);
/// The pause before the server is asked again, and the shortest delay before it delivers a job
/// again that no agent could take.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);

/// A work queue and a store of records on NATS servers. Clones share the connection.
#[derive(Clone, Debug)]
pub struct NatsBroker {
    shared: Arc<BrokerState>,
    waiters: Arc<OnceLock<(Waiters, AbortOnDropHandle<()>)>>,
    maintenance: Arc<OnceLock<QueueMaintenance>>,
}

/// The tasks that only an API runs.
#[derive(Debug)]
struct QueueMaintenance {
    unfinished: UnfinishedCount,
    _recovery: AbortOnDropHandle<()>,
}

impl NatsBroker {
    /// Begins to connect to one of the servers, on the current tokio runtime, and returns at once.
    ///
    /// A lost connection is made again. Until there is a connection, [`ready`](Broker::ready)
    /// returns the reason, the other calls fail, and agents wait.
    ///
    /// # Errors
    /// The URLs of the servers cannot be used together.
    pub async fn connect(servers: NatsServers, name: &str) -> Result<Self, ConnectError> {
        let connection = Connection::open(servers, name).await?;
        let shared = Arc::new(BrokerState::new(connection));
        Ok(Self { shared, waiters: Arc::default(), maintenance: Arc::default() })
    }

    /// The NATS client, for its metrics.
    pub fn client(&self) -> &Client {
        self.shared.connection.client()
    }

    /// Announces at intervals that the agent of this name is connected.
    pub fn announce(&self, agent: &str) -> Heartbeats {
        Heartbeats::start(&self.shared.connection, agent)
    }

    /// Starts the tasks of an API: one asks the server at intervals for the number of unfinished
    /// jobs, which is unknown before; the other puts jobs that this API has accepted and the server
    /// has lost into the queue again.
    pub fn maintain_queue(&self) {
        self.maintain_queue_on(RecoverySchedule::default());
    }

    /// As [`maintain_queue`](Self::maintain_queue), with another schedule.
    pub(in crate::broker) fn maintain_queue_on(&self, schedule: RecoverySchedule) {
        // The task that listens to announcements removes jobs from the accepted jobs.
        self.waiters();
        self.maintenance.get_or_init(|| {
            let recovery = tokio::spawn(recover(schedule, Arc::clone(&self.shared)));
            QueueMaintenance {
                unfinished: UnfinishedCount::watch(Arc::clone(&self.shared)),
                _recovery: AbortOnDropHandle::new(recovery),
            }
        });
    }

    /// Updates `fleet` with the heartbeats of all agents, until the handle is dropped.
    #[must_use = "dropping the handle ends it"]
    pub fn watch_agents(&self, fleet: Fleet) -> AbortOnDropHandle<()> {
        let listening = heartbeat::listen(self.client().clone(), fleet);
        AbortOnDropHandle::new(tokio::spawn(listening))
    }

    fn records(&self) -> Result<Records, BrokerError> {
        Ok(self.shared.connection.resources()?.records)
    }

    fn away(&self, problem: impl Display) -> BrokerError {
        self.shared.connection.away(problem)
    }

    /// The error for a record that was not read or written.
    fn error(&self, error: RecordError) -> BrokerError {
        match error {
            RecordError::TooLarge { .. } => BrokerError::TooLarge,
            RecordError::Full { reason } => self.shared.connection.store_full(&reason),
            RecordError::Json { .. } => BrokerError::Foreign { reason: error.to_string() },
            RecordError::Changed { .. } | RecordError::Away(_) => self.away(error),
        }
    }

    /// The waiters. The first call starts the task that wakes them.
    fn waiters(&self) -> &Waiters {
        let (waiters, _) = self.waiters.get_or_init(|| {
            let waiters = Waiters::default();
            let listening = waiters.clone().listen(Arc::clone(&self.shared));
            (waiters, AbortOnDropHandle::new(tokio::spawn(listening)))
        });
        waiters
    }
}

#[async_trait]
impl Broker for NatsBroker {
    fn ready(&self) -> Result<(), BrokerError> {
        if self.shared.closed.is_cancelled() {
            return Err(BrokerError::Closed);
        }
        self.shared.connection.resources()?;
        self.shared.connection.check_room()
    }

    fn unfinished(&self) -> Option<u64> {
        self.maintenance.get()?.unfinished.latest()
    }

    /// Stores the record before the job is queued, so that the agent that takes the job finds it.
    async fn submit(&self, job: Job) -> Result<(), BrokerError> {
        self.ready()?;
        let stored = StoredJob::of(&job).map_err(|cause| self.away(cause))?;
        let records = self.records()?;
        let record = StoredRecord { job: stored, attempts: 0, state: StoredState::Queued };
        match records.create(&record).await {
            // No other process knows the id, so an earlier try of this call wrote the record and
            // its answer was lost.
            Ok(_) | Err(RecordError::Changed { .. }) => {}
            Err(error) => return Err(self.error(error)),
        }
        // Before the job is published, because it may be over right after that.
        self.shared.accepted.add(job.id);
        let published = publish(&self.shared.connection, &record.job, &job.id.to_string()).await;
        if published.is_err() {
            self.shared.accepted.remove(job.id);
            // The job was not accepted. If it is in the queue nevertheless, an agent runs it.
            if let Err(error) = records.remove(job.id).await {
                debug!(job = %job.id, %error, "the record of a refused job stays for a while");
            }
        }
        published
    }

    async fn next(&self, agent: &str) -> Result<Delivery, BrokerError> {
        let cancelled = self.shared.closed.child_token();
        let delivery = deliver(Arc::clone(&self.shared), agent.into(), cancelled.clone());
        // A task, because a job that is on its way when this future is dropped has to go back.
        let delivery = self.shared.tasks.spawn(delivery);
        let _cancel = cancelled.drop_guard();
        match delivery.await {
            Ok(delivery) => delivery.ok_or(BrokerError::Closed),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(BrokerError::Closed),
            },
        }
    }

    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError> {
        let entry = self.records()?.read(id).await.map_err(|error| self.error(error))?;
        let record = entry.map(|entry| entry.record.record()).transpose();
        record.map_err(|error| {
            let reason = format!("the record of job {id} is of another version: {error}");
            BrokerError::Foreign { reason }
        })
    }

    async fn finished(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError> {
        let waiter = self.waiters().join(id);
        loop {
            let announced = waiter.announced();
            match self.record(id).await {
                Ok(Some(record)) if !record.state.is_over() => {}
                Ok(record) => return Ok(record),
                // The job may be running, and the caller limits how long it waits.
                Err(BrokerError::Away { .. }) => {}
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = announced => {}
                () = sleep(RECHECK) => {}
                // Another process finishes the job.
                () = self.shared.closed.cancelled() => return self.record(id).await,
            }
        }
    }

    fn close(&self) -> usize {
        self.shared.closed.cancel();
        self.shared.tasks.close();
        0
    }

    async fn settle(&self, limit: Duration) {
        let settled = async {
            self.shared.tasks.wait().await;
            self.client().flush().await
        };
        let settled = matches!(timeout(limit, settled).await, Ok(Ok(())));
        if !settled && !self.shared.tasks.is_empty() {
            warn!("NATS does not answer; jobs that were given back are delivered again later");
        }
    }
}

/// Takes a job off the queue for `agent`. Returns `None` once `cancelled` is cancelled.
async fn deliver(
    shared: Arc<BrokerState>,
    agent: Arc<str>,
    cancelled: CancellationToken,
) -> Option<Delivery> {
    loop {
        let message = match pull(&shared.connection, &cancelled).await {
            Ok(message) => message?,
            Err(error) => {
                debug!(%error, "no job could be asked for");
                shared.connection.request_check();
                sleep(CLAIM_PAUSE).await;
                continue;
            }
        };
        match claim(&shared, &agent, message.clone()).await {
            Ok(Some(delivery)) => return Some(delivery),
            Ok(None) => {}
            Err(error) => {
                // The log says once that the store is full.
                if error.is_full() {
                    debug!(%error, "a job cannot be run now; it goes back");
                } else {
                    warn!(%error, "a job cannot be run here; it goes back");
                }
                let delay = redelivery_delay(&message);
                if let Err(error) = message.ack_with(AckKind::Nak(Some(delay))).await {
                    debug!(%error, "a job was not given back; it is delivered again later");
                }
                // An unknown operation is this agent's problem. Any other error is the server's, so
                // the next job would have the same error.
                if error.is_full() {
                    tokio::select! {
                        () = shared.connection.room().wait() => {}
                        () = cancelled.cancelled() => return None,
                    }
                } else if !matches!(error, ClaimError::UnknownOperation(_)) {
                    shared.connection.request_check();
                    sleep(CLAIM_PAUSE).await;
                }
            }
        }
    }
}

/// The time before the server delivers a job again that could not be taken; longer each time.
fn redelivery_delay(message: &Message) -> Duration {
    let delivered = message.info().map_or(1, |info| info.delivered);
    CLAIM_PAUSE * u32::try_from(delivered.clamp(1, 20)).unwrap_or(1)
}
