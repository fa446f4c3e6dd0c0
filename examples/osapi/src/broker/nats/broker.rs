//! The broker's calls, on a connection that is made in the background.

use std::{
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
    resources::SMALLEST_MESSAGE_LIMIT,
    rights::try_rights_of_api,
    servers::NatsServers,
    state::BrokerState,
    unfinished::UnfinishedCount,
    waiters::Waiters,
    wire::{StoredJob, StoredRecord},
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
/// How long the server may take to answer once the broker is closed.
const CLOSING_LIMIT: Duration = Duration::from_millis(250);
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
    _rights: AbortOnDropHandle<()>,
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

    /// Announces at intervals that the agent of this name is connected, and tries its rights.
    pub fn announce(&self, agent: &str) -> Heartbeats {
        Heartbeats::start(&self.shared.connection, agent)
    }

    /// Starts the tasks of an API: one asks the server at intervals for the number of unfinished
    /// jobs, which is unknown before; one puts jobs that this API has accepted and the server has
    /// lost into the queue again; one tries the rights of an API.
    pub fn maintain_queue(&self) {
        self.maintain_queue_on(RecoverySchedule::default());
    }

    /// As [`maintain_queue`](Self::maintain_queue), with another schedule.
    pub(in crate::broker) fn maintain_queue_on(&self, schedule: RecoverySchedule) {
        // The task that listens to announcements removes jobs from the accepted jobs.
        self.waiters();
        self.maintenance.get_or_init(|| {
            let recovery = tokio::spawn(recover(schedule, Arc::clone(&self.shared)));
            let shared = Arc::clone(&self.shared);
            let rights = async move { try_rights_of_api(&shared.connection).await };
            QueueMaintenance {
                unfinished: UnfinishedCount::watch(Arc::clone(&self.shared)),
                _recovery: AbortOnDropHandle::new(recovery),
                _rights: AbortOnDropHandle::new(tokio::spawn(rights)),
            }
        });
    }

    /// Updates `fleet` with the heartbeats of all agents, until the handle is dropped.
    #[must_use = "dropping the handle ends it"]
    pub fn watch_agents(&self, fleet: Fleet) -> AbortOnDropHandle<()> {
        let health = self.shared.connection.health().clone();
        let listening = heartbeat::listen(self.client().clone(), health, fleet);
        AbortOnDropHandle::new(tokio::spawn(listening))
    }

    fn records(&self) -> Result<Records, BrokerError> {
        Ok(self.shared.connection.resources()?.records)
    }

    /// The error for a record that was not read or written.
    fn error(&self, error: RecordError) -> BrokerError {
        match error {
            RecordError::TooLarge { .. } => BrokerError::TooLarge,
            RecordError::Full { reason } => self.shared.connection.store_full(&reason),
            RecordError::Json { .. } | RecordError::OtherJob { .. } => {
                BrokerError::Foreign { reason: error.to_string() }
            }
            RecordError::Away(error) => self.shared.connection.failed(&*error),
            RecordError::Changed { .. } => self.shared.connection.failed(&error),
        }
    }

    /// Stores the record before the job is queued, so that the agent that takes the job finds it.
    async fn queue(&self, job: Job) -> Result<(), BrokerError> {
        let stored = StoredJob::of(&job).map_err(|cause| self.shared.connection.failed(&cause))?;
        let records = self.records()?;
        let record = StoredRecord::queued(stored);
        let limit = self.client().max_payload();
        if limit < usize::from(SMALLEST_MESSAGE_LIMIT)
            && !record.fits(limit).map_err(|cause| self.shared.connection.failed(&cause))?
        {
            return Err(BrokerError::TooLarge);
        }
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

    /// The output of a request to the server. Once the broker is closed, it has to come soon: a
    /// request over HTTP that waits for it is to have an answer before the process ends.
    async fn while_open<T>(&self, request: impl Future<Output = T>) -> Result<T, BrokerError> {
        let closed = async {
            self.shared.closed.cancelled().await;
            sleep(CLOSING_LIMIT).await;
        };
        tokio::select! {
            biased;
            output = request => Ok(output),
            () = closed => Err(BrokerError::Closed),
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
        self.shared.connection.check_health()?;
        self.shared.connection.check_room()
    }

    fn unfinished(&self) -> Option<u64> {
        self.maintenance.get()?.unfinished.latest()
    }

    async fn submit(&self, job: Job) -> Result<(), BrokerError> {
        self.ready()?;
        self.while_open(self.queue(job)).await?
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
        let records = self.records()?;
        let entry = self.while_open(records.read(id)).await?.map_err(|error| self.error(error))?;
        Ok(entry.map(|entry| entry.record.record()))
    }

    async fn finished(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError> {
        let waiter = self.waiters().join(id);
        let mut latest = None;
        loop {
            let announced = waiter.announced();
            let is_closed = self.shared.closed.is_cancelled();
            match self.record(id).await {
                Ok(Some(record)) if !record.state.is_over() => latest = Some(record),
                Ok(record) => return Ok(record),
                // The job may be running, and the caller limits how long it waits.
                Err(
                    BrokerError::Away { .. }
                    | BrokerError::Misconfigured { .. }
                    | BrokerError::Refuses { .. },
                ) => {}
                Err(BrokerError::Closed) if latest.is_some() => return Ok(latest),
                Err(error) => return Err(error),
            }
            if is_closed {
                // Another process finishes the job.
                return latest.map(Some).ok_or(BrokerError::Closed);
            }
            tokio::select! {
                () = announced => {}
                () = sleep(RECHECK) => {}
                () = self.shared.closed.cancelled() => {}
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
        // The end of the connection, and of what did not settle, is part of the stop.
        self.shared.connection.health().silence();
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
                match &error {
                    ClaimError::UnknownOperation { id, error } if shared.unrunnable.add(*id) => {
                        warn!(job = %id, %error, "a job cannot be run here; it goes back");
                    }
                    // The log says once what is wrong with the server.
                    error => debug!(%error, "a job cannot be run now; it goes back"),
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
                } else if !matches!(error, ClaimError::UnknownOperation { .. }) {
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
