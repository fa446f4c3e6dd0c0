//! The broker between machines: NATS with JetStream.
//!
//! ```text
//!  stream OSAPI_JOBS      a work queue: each job goes to one agent, which acknowledges it when its
//!    consumer agents      end is stored; unheard of for 10 s, it goes to another agent
//!  bucket osapi-records   a record for each job: queued, running, and once only how it ended
//!  osapi.finished         an agent tells who waits for a job
//!  osapi.agents           an agent tells that it is there
//! ```
//!
//! Jobs run at least once. An agent that stalls or is cut off while it runs a job may find that
//! another has run it as well: the end that is stored first stays.

mod connection;
mod heartbeat;
mod lease;
mod lost;
mod publish;
mod pull;
mod records;
mod resources;
mod servers;
mod unfinished;
mod waiting;
mod wire;

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
use tokio_util::{
    sync::CancellationToken,
    task::{AbortOnDropHandle, TaskTracker},
};
use tracing::{debug, warn};

use super::{Broker, BrokerError, Delivery};
use crate::{
    fleet::Fleet,
    job::{Job, JobId, JobRecord},
};
use connection::Connection;
use lease::{ClaimError, claim};
use lost::Accepted;
use publish::publish;
use pull::pull;
use records::{RecordError, Records};
use unfinished::Unfinished;
use waiting::Waiting;
use wire::{StoredJob, StoredRecord, StoredState};

pub use heartbeat::{Heartbeats, INTERVAL as HEARTBEAT_INTERVAL};
pub(super) use lost::Rounds;
pub use resources::RECORDS_BUCKET;
pub use servers::{NatsServers, NatsServersError};

/// Who waits for a job looks for himself this often, in case that its end was announced while the
/// connection was lost.
const RECHECK: Duration = Duration::from_secs(1);
/// Pause before the server is asked again, and before it delivers a job again that was not taken.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);

/// A work queue and result store on NATS servers. Clones share the connection.
#[derive(Clone, Debug)]
pub struct NatsBroker {
    shared: Arc<Shared>,
    listening: Arc<OnceLock<(Waiting, AbortOnDropHandle<()>)>>,
    tending: Arc<OnceLock<Tending>>,
}

/// What only an API does.
#[derive(Debug)]
struct Tending {
    unfinished: Unfinished,
    _looking: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Shared {
    connection: Connection,
    closed: CancellationToken,
    /// Requests for jobs, and jobs that go back.
    tasks: TaskTracker,
    accepted: Accepted,
}

impl NatsBroker {
    /// Begins to connect to one of the servers, on the current tokio runtime, and returns at once.
    ///
    /// Whenever the connection is lost it is made again. [`ready`](Broker::ready) says how it
    /// stands; calls fail in the meantime, and agents wait.
    ///
    /// # Errors
    /// The servers' URLs cannot be used together.
    pub async fn connect(servers: NatsServers, name: &str) -> Result<Self, ConnectError> {
        let connection = Connection::open(servers, name).await?;
        let (closed, tasks) = (CancellationToken::new(), TaskTracker::new());
        let shared = Arc::new(Shared { connection, closed, tasks, accepted: Accepted::default() });
        Ok(Self { shared, listening: Arc::default(), tending: Arc::default() })
    }

    /// The client, for its metrics.
    pub fn client(&self) -> &Client {
        self.shared.connection.client()
    }

    /// Says at intervals that the agent of this name is there.
    pub fn announce(&self, agent: &str) -> Heartbeats {
        Heartbeats::start(&self.shared.connection, agent)
    }

    /// Does an API's share of the work: asks at intervals how many jobs are not over, which nobody
    /// knows before, and puts jobs back that were accepted here and lost there.
    pub fn tend_queue(&self) {
        self.tend_queue_at(Rounds::default());
    }

    /// As [`tend_queue`](Self::tend_queue), at another pace.
    pub(super) fn tend_queue_at(&self, rounds: Rounds) {
        // Announcements take jobs off the list of those to look after.
        self.waiting();
        self.tending.get_or_init(|| Tending {
            unfinished: Unfinished::watch(Arc::clone(&self.shared)),
            _looking: AbortOnDropHandle::new(tokio::spawn(rounds.make(Arc::clone(&self.shared)))),
        });
    }

    /// Keeps `fleet` informed of the agents that announce themselves, until the handle is dropped.
    #[must_use = "dropping the handle ends it"]
    pub fn watch_agents(&self, fleet: Fleet) -> AbortOnDropHandle<()> {
        let listening = heartbeat::listen(self.client().clone(), fleet);
        AbortOnDropHandle::new(tokio::spawn(listening))
    }

    fn records(&self) -> Result<Records, BrokerError> {
        Ok(self.shared.connection.resources()?.records)
    }

    fn away(&self, problem: impl std::fmt::Display) -> BrokerError {
        self.shared.connection.away(problem)
    }

    /// What wakes those who wait; made by the first of them.
    fn waiting(&self) -> &Waiting {
        let (waiting, _) = self.listening.get_or_init(|| {
            let waiting = Waiting::default();
            let listening = waiting.clone().listen(Arc::clone(&self.shared));
            (waiting, AbortOnDropHandle::new(tokio::spawn(listening)))
        });
        waiting
    }
}

#[async_trait]
impl Broker for NatsBroker {
    fn ready(&self) -> Result<(), BrokerError> {
        if self.shared.closed.is_cancelled() {
            return Err(BrokerError::Closed);
        }
        self.shared.connection.resources().map(drop)
    }

    fn unfinished(&self) -> Option<u64> {
        self.tending.get()?.unfinished.known()
    }

    /// The record comes first: an agent that has the job finds it.
    async fn submit(&self, job: Job) -> Result<(), BrokerError> {
        self.ready()?;
        let stored = StoredJob::of(&job).map_err(|cause| self.away(cause))?;
        let records = self.records()?;
        let record = StoredRecord { job: stored, attempts: 0, state: StoredState::Queued };
        match records.create(&record).await {
            // Nobody else knows the id: it was this try, whose answer was lost.
            Ok(_) | Err(RecordError::Changed { .. }) => {}
            Err(RecordError::TooLarge { .. }) => return Err(BrokerError::TooLarge),
            Err(error) => return Err(self.away(error)),
        }
        // Before it can be over.
        self.shared.accepted.add(job.id);
        let published = publish(&self.shared.connection, &record.job, &job.id.to_string()).await;
        if published.is_err() {
            self.shared.accepted.over(job.id);
            // It was not accepted. If it is in the queue nevertheless, an agent runs it.
            if let Err(error) = records.remove(job.id).await {
                debug!(job = %job.id, %error, "the record of a refused job stays for a while");
            }
        }
        published
    }

    async fn next(&self, agent: &str) -> Result<Delivery, BrokerError> {
        let unwanted = self.shared.closed.child_token();
        let delivering = deliver(Arc::clone(&self.shared), agent.into(), unwanted.clone());
        // A task, because a job that is on its way when this future is dropped has to go back.
        let delivering = self.shared.tasks.spawn(delivering);
        let _unwanted = unwanted.drop_guard();
        match delivering.await {
            Ok(delivery) => delivery.ok_or(BrokerError::Closed),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(BrokerError::Closed),
            },
        }
    }

    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError> {
        let entry = self.records()?.read(id).await.map_err(|error| self.away(error))?;
        let record = entry.map(|entry| entry.record.record()).transpose();
        record.map_err(|error| self.away(error))
    }

    async fn finished(&self, id: JobId) -> Result<Option<JobRecord>, BrokerError> {
        let waiter = self.waiting().join(id);
        loop {
            let announced = waiter.announced();
            match self.record(id).await {
                Ok(Some(record)) if !record.state.is_over() => {}
                Ok(record) => return Ok(record),
                // The job may be running; who waits has set himself a limit.
                Err(BrokerError::Away { .. }) => {}
                Err(error) => return Err(error),
            }
            tokio::select! {
                () = announced => {}
                () = sleep(RECHECK) => {}
                // The job goes on elsewhere.
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

/// Takes a job off the queue for `agent`; nothing, once it is `unwanted`.
async fn deliver(
    shared: Arc<Shared>,
    agent: Arc<str>,
    unwanted: CancellationToken,
) -> Option<Delivery> {
    loop {
        let message = match pull(&shared.connection, &unwanted).await {
            Ok(message) => message?,
            Err(error) => {
                debug!(%error, "no job could be asked for");
                shared.connection.suspect();
                sleep(CLAIM_PAUSE).await;
                continue;
            }
        };
        match claim(&shared, &agent, message.clone()).await {
            Ok(Some(delivery)) => return Some(delivery),
            Ok(None) => {}
            Err(error) => {
                warn!(%error, "a job cannot be run here; it goes back");
                if let Err(error) = message.ack_with(AckKind::Nak(Some(pause(&message)))).await {
                    debug!(%error, "it is delivered again later");
                }
                // Where the server is at fault, the next job would fare no better.
                if !matches!(error, ClaimError::UnknownOperation(_)) {
                    shared.connection.suspect();
                    sleep(CLAIM_PAUSE).await;
                }
            }
        }
    }
}

/// How long a job that could not be taken stays away: longer with each time.
fn pause(message: &Message) -> Duration {
    let delivered = message.info().map_or(1, |info| info.delivered);
    CLAIM_PAUSE * u32::try_from(delivered.clamp(1, 20)).unwrap_or(1)
}
