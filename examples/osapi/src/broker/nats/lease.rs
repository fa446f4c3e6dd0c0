//! The lease of a delivered job.

use std::{sync::Arc, time::Duration};

use async_nats::jetstream::{AckKind, Message};
use async_trait::async_trait;
use osapi_metrics::JobMetrics;
use osapi_metrics_rules::excerpt::Excerpt;
use tokio::{
    runtime::Handle,
    time::{interval_at, sleep, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::{debug, error, warn};

use super::{
    records::{Entry, RecordError},
    resources::{ACK_WAIT, FINISHED_SUBJECT, QUEUE_PROBE_SUBJECT, subject},
    state::BrokerState,
    wire::{StoredJob, StoredRecord, StoredState},
};
use crate::{
    broker::{
        error::BrokerError,
        interface::{Delivery, Lease},
    },
    job::{Failure, JobId, Outcome},
    operations::RequestError,
};

/// A job that agents have begun to run this many times is given up: either each agent dies while it
/// runs the job, or no agent knows the operation.
const MOST_ATTEMPTS: u32 = 20;
/// The pause between two tries to store an end doubles from the shortest to the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long the return of a job may take. After that the server delivers the job again by itself.
const GIVE_BACK_LIMIT: Duration = Duration::from_secs(2);

/// The right to finish one job. A task reports to the server at intervals that the job still runs.
#[derive(Debug)]
pub(super) struct NatsLease {
    shared: Arc<BrokerState>,
    agent: Arc<str>,
    message: Message,
    /// The record as this agent wrote it.
    entry: Entry,
    finished: bool,
    _renewal: AbortOnDropHandle<()>,
}

/// Writes to the record that `agent` runs the job, and returns the delivery. Returns `None` if
/// there is nothing to run: the job is over but was not acknowledged, the job is given up, or the
/// message is not a job.
pub(super) async fn claim(
    shared: &Arc<BrokerState>,
    agent: &Arc<str>,
    message: Message,
) -> Result<Option<Delivery>, ClaimError> {
    if message.message.subject.as_str() == QUEUE_PROBE_SUBJECT {
        terminate(&message).await;
        return Ok(None);
    }
    let stored: StoredJob = match serde_json::from_slice(&message.message.payload) {
        Ok(stored) => stored,
        Err(error) => {
            // No agent can run it, so it would be delivered again and again.
            remove_foreign(&message, &error.to_string()).await;
            return Ok(None);
        }
    };
    if message.message.subject.as_str() != subject(stored.id) {
        remove_foreign(&message, &format!("it has the id {} of another job", stored.id)).await;
        return Ok(None);
    }
    let delivered = message.info().map_or(1, |info| info.delivered);
    if let Err(error) = stored.job(1)
        && delivered < i64::from(MOST_ATTEMPTS)
    {
        // Another agent may know the operation: this agent may be older than the API.
        let id = stored.id;
        show_as_queued(shared, stored).await;
        return Err(ClaimError::UnknownOperation { id, error });
    }
    let running = StoredState::Running { agent: agent.to_string() };
    let Some(entry) = begin(shared, stored, running).await? else {
        acknowledge(&message).await;
        return Ok(None);
    };
    let lease = NatsLease {
        shared: Arc::clone(shared),
        agent: Arc::clone(agent),
        _renewal: AbortOnDropHandle::new(tokio::spawn(renew(message.clone()))),
        message,
        entry,
        finished: false,
    };
    let attempt = lease.entry.record.attempts;
    let job = match lease.entry.record.job.job(attempt) {
        Ok(job) => job,
        Err(error) => {
            lease.give_up(&error.to_string()).await;
            return Ok(None);
        }
    };
    if attempt > MOST_ATTEMPTS {
        lease.give_up("each of its agents has died while it ran the job").await;
        return Ok(None);
    }
    Ok(Some(Delivery { job: Arc::new(job), lease: Box::new(lease) }))
}

/// Makes sure that a job that waits for another agent has a record.
async fn show_as_queued(shared: &BrokerState, job: StoredJob) {
    let Ok(resources) = shared.connection.resources() else { return };
    let record = StoredRecord::queued(job);
    match resources.records.create(&record).await {
        Ok(_) | Err(RecordError::Changed { .. }) => {}
        Err(error) => debug!(job = %record.job.id, %error, "a job is left without a record"),
    }
}

/// Removes a message that no agent can run, which would be delivered again and again.
async fn remove_foreign(message: &Message, reason: &str) {
    let (subject, reason) = (message.message.subject.as_str(), Excerpt::of_message(reason));
    error!(subject, %reason, "a message in the queue is not a job; it is removed");
    terminate(message).await;
}

/// Writes one more attempt to the record, whatever its state is. Returns `None` if the job is over.
async fn begin(
    shared: &BrokerState,
    job: StoredJob,
    state: StoredState,
) -> Result<Option<Entry>, ClaimError> {
    let records = shared.connection.resources()?.records;
    let mut record = StoredRecord { job, attempts: 1, state };
    loop {
        let written = match records.read(record.job.id).await {
            Ok(Some(entry)) if entry.record.state.is_over() => return Ok(None),
            Ok(Some(entry)) => {
                record.attempts = entry.record.attempts.saturating_add(1);
                records.update(&record, entry.revision).await
            }
            // The job has waited for longer than records are kept.
            Ok(None) => records.create(&record).await,
            // The message has the whole job, so replacing the record loses nothing.
            Err(error) if error.is_foreign() => records.put(&record).await,
            Err(error) => return Err(error.into()),
        };
        match written {
            Ok(revision) => return Ok(Some(Entry { record, revision })),
            Err(RecordError::Changed { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reports at intervals that the job still runs, so that the server does not deliver it to another
/// agent.
async fn renew(message: Message) {
    let period = ACK_WAIT / 3;
    let mut renewals = interval_at(tokio::time::Instant::now() + period, period);
    loop {
        renewals.tick().await;
        if let Err(error) = message.ack_with(AckKind::Progress).await {
            debug!(%error, "the server got no report that a job still runs");
        }
    }
}

/// Removes a finished job from the queue. If the acknowledgement gets lost, the job is delivered
/// again and its record shows that it is over.
async fn acknowledge(message: &Message) {
    if let Err(error) = message.ack().await {
        debug!(%error, "a finished job was not acknowledged; it is delivered again");
    }
}

/// Removes a message that is not a job from the queue.
async fn terminate(message: &Message) {
    if let Err(error) = message.ack_with(AckKind::Term).await {
        debug!(%error, "a message that is not a job was not removed; it is delivered again");
    }
}

/// The outcome in place of one that is larger than the largest message of the server.
fn too_large() -> Outcome {
    let failure = Failure {
        code: "result_too_large".into(),
        message: "the result is larger than a message of the broker may be".to_owned(),
        timed_out: false,
    };
    Outcome { result: Err(failure), duration: Some(Duration::ZERO) }
}

/// The name by which a job is counted. Agents of another version may have made the name of the
/// operation; what does not look like one is not repeated in a label.
fn counted_name(operation: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let looks_like_one = (1..=64).contains(&operation.len()) && operation.chars().all(is_name);
    (if looks_like_one { operation } else { "unknown" }).to_owned()
}

impl NatsLease {
    fn id(&self) -> JobId {
        self.entry.record.job.id
    }

    /// Stores how the job ended. Tries again until it succeeds: while the server is away, the
    /// result is kept here.
    async fn store(&mut self, state: StoredState) -> Result<(), BrokerError> {
        let (mut pause, mut warned) = (SHORTEST_PAUSE, false);
        let mut has_result = true;
        self.entry.record.state = state;
        loop {
            let problem = match self.try_store().await {
                Ok(()) => return Ok(()),
                Err(StoreError::Record(error)) if error.is_foreign() => {
                    return Err(BrokerError::Foreign { reason: error.to_string() });
                }
                Err(StoreError::Record(RecordError::TooLarge { .. })) if has_result => {
                    has_result = false;
                    self.entry.record.state = StoredState::finished(&self.agent, &too_large());
                    continue;
                }
                // The log says once that the store is full.
                Err(StoreError::Record(RecordError::Full { .. })) => {
                    self.shared.connection.room().wait().await;
                    continue;
                }
                Err(problem) => problem,
            };
            self.shared.connection.request_check();
            if pause >= LONGEST_PAUSE && !warned {
                warned = true;
                warn!(job = %self.id(), %problem, "the end of a job cannot be stored; trying again");
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn try_store(&mut self) -> Result<(), StoreError> {
        let records = self.shared.connection.resources()?.records;
        match records.update(&self.entry.record, self.entry.revision).await {
            Err(RecordError::Changed { id }) => match records.read(id).await? {
                // An earlier try stored the end and its answer was lost, or another agent ran the
                // job as well.
                Some(entry) if entry.record.state.is_over() => Ok(()),
                Some(entry) => {
                    self.entry.revision = entry.revision;
                    Err(RecordError::Changed { id }.into())
                }
                None => {
                    self.entry.revision = records.create(&self.entry.record).await?;
                    Ok(())
                }
            },
            stored => Ok(stored.map(drop)?),
        }
    }

    /// Announces the end to the waiters. Best effort: the waiters also read the record at
    /// intervals.
    async fn announce(&self) {
        let client = self.shared.connection.client();
        let id = self.id().to_string();
        if let Err(error) = client.publish(FINISHED_SUBJECT, id.into()).await {
            debug!(job = %self.id(), %error, "the end of a job was not announced");
        }
    }

    async fn give_up(self, reason: &str) {
        error!(job = %self.id(), reason, "a job is given up");
        let failure = Failure {
            code: "given_up".into(),
            message: format!("given up after {MOST_ATTEMPTS} attempts: {reason}"),
            timed_out: false,
        };
        let outcome = Outcome { result: Err(failure), duration: Some(Duration::ZERO) };
        let (id, attempt) = (self.id(), self.entry.record.attempts);
        let name = counted_name(self.entry.record.job.operation());
        match Box::new(self).finish(outcome).await {
            // No handler has run, so none has counted this end.
            Ok(()) => JobMetrics::global().start(name).attempt(attempt, true).fail("given_up"),
            Err(error) => warn!(job = %id, %error, "a job that was given up is delivered again"),
        }
    }
}

#[async_trait]
impl Lease for NatsLease {
    async fn finish(mut self: Box<Self>, outcome: Outcome) -> Result<(), BrokerError> {
        let state = StoredState::finished(&self.agent, &outcome);
        self.store(state).await?;
        self.finished = true;
        acknowledge(&self.message).await;
        self.announce().await;
        Ok(())
    }
}

impl Drop for NatsLease {
    fn drop(&mut self) {
        if self.finished {
            return;
        }
        // Without a runtime no message can be sent. The server then delivers the job again by
        // itself.
        let Ok(runtime) = Handle::try_current() else { return };
        let (message, shared) = (self.message.clone(), Arc::clone(&self.shared));
        let health = shared.connection.health().clone();
        let record = StoredRecord { state: StoredState::Queued, ..self.entry.record.clone() };
        let revision = self.entry.revision;
        let give_back = async move {
            if let Ok(resources) = shared.connection.resources() {
                // The update fails if another agent has the job by now.
                if let Err(error) = resources.records.update(&record, revision).await {
                    debug!(job = %record.job.id, %error, "the record still shows a running job");
                }
            }
            message.ack_with(AckKind::Nak(None)).await
        };
        self.shared.tasks.spawn_on(
            async move {
                let ended = timeout(GIVE_BACK_LIMIT, give_back).await;
                if !matches!(ended, Ok(Ok(()))) && !health.is_silenced() {
                    warn!(
                        "a job could not be given back; it is delivered again after {ACK_WAIT:?}"
                    );
                }
            },
            &runtime,
        );
    }
}

/// Why a delivered job was not handed to the agent.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClaimError {
    #[error("{error}")]
    UnknownOperation { id: JobId, error: RequestError },
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Broker(#[from] BrokerError),
}

impl ClaimError {
    /// Whether the store of the server is full.
    pub(super) fn is_full(&self) -> bool {
        matches!(self, Self::Record(RecordError::Full { .. }))
    }
}

/// Why one try did not store an end.
#[derive(Debug, thiserror::Error)]
enum StoreError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Broker(#[from] BrokerError),
}
