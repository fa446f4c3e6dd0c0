use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use osapi_metrics_rules::excerpt::Excerpt;
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        watch,
    },
    time::{Instant, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::warn;
use uuid::Uuid;

use super::{
    super::{
        EVENT_CAPACITY,
        class::JobClass,
        error::{QueueError, Refusal},
        event::JobEvent,
        interface::{Cancelled, Claim, Heartbeat, Lease, Queue, QueueStats, Settled, Sweep},
        options::QueueOptions,
        worker::WorkerInfo,
    },
    connection::{Connection, Repeat},
    health::{self, Health, watch_health},
    scripts,
    server::RedisServer,
    subscriber::{Channels, Subscription, WakeUp, subscribe},
    wire::{Fields, json, micros, order, read_record, write_class, write_profile},
};
use crate::job::{FailureReason, JobEnd, JobId, JobRecord, JobRequest, JobState};

/// The longest time that a claim waits for a message before it looks again.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// The most jobs of each kind that one script of a sweep changes, so that others get their turn.
const SWEEP_BATCH: u32 = 1_000;

/// The most keys that one sweep looks at for jobs that are not where they belong.
const REVIEW_BATCH: u32 = 1_000;

/// The most lines of the log about what one sweep has put aside.
const MOST_LINES: u64 = 20;

/// A queue on a Redis server. Clones share one connection for calls and one for messages.
#[derive(Clone, Debug)]
pub struct RedisQueue {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    connection: Arc<Connection>,
    options: QueueOptions,
    /// Tells the workers of this process from those of others that have the same name.
    process: String,
    /// The workers of this process whose names others have, with what the server said.
    taken: Mutex<BTreeMap<String, QueueError>>,
    health: watch::Sender<Health>,
    channels: Channels,
    review: Mutex<Review>,
    closed: CancellationToken,
    _tasks: [AbortOnDropHandle<()>; 2],
}

/// How far the records are compared with what follows from them.
#[derive(Debug, Default)]
struct Review {
    /// Where the server goes on.
    cursor: u64,
    /// The jobs that were not where they belong, since the begin.
    restored: u64,
}

/// What a script says of a claim: the job, the number of the claim, the fields of the record.
type Claimed = Option<(Vec<u8>, u64, Fields)>;

/// What a script says of a sweep: the counts, whether there is more to do, and what cannot be read.
type Swept = (u64, u64, u64, u64, bool, Vec<Vec<u8>>);

impl RedisQueue {
    /// Connects to the server, and goes on to try where it is away: [`ready`](Queue::ready) has the
    /// problem. Returns after some seconds at most.
    pub async fn connect(server: RedisServer, options: QueueOptions) -> Self {
        let connection = Arc::new(Connection::new(server.clone()));
        let health = watch::Sender::new(Health::Unknown);
        let channels = Channels {
            events: broadcast::Sender::new(EVENT_CAPACITY),
            wake_ups: broadcast::Sender::new(EVENT_CAPACITY),
            subscription: watch::Sender::new(Subscription::Away(String::new())),
        };
        let subscription = channels.subscription.subscribe();
        let checks = watch_health(Arc::clone(&connection), subscription, health.clone());
        let checks = tokio::spawn(checks);
        let messages = tokio::spawn(subscribe(server, channels.clone()));
        let queue = Self {
            shared: Arc::new(Shared {
                connection,
                options,
                process: Uuid::now_v7().to_string(),
                taken: Mutex::default(),
                review: Mutex::default(),
                health,
                channels,
                closed: CancellationToken::new(),
                _tasks: [checks, messages].map(AbortOnDropHandle::new),
            }),
        };
        queue.connected().await;
        queue
    }

    /// Waits until the server and its messages are there, or the server is known to be away.
    async fn connected(&self) {
        let (mut health, mut subscription) =
            (self.shared.health.subscribe(), self.shared.channels.subscription.subscribe());
        let connected = async {
            let known = health.wait_for(|health| *health != Health::Unknown).await;
            if known.is_ok_and(|health| health.is_here()) {
                let _ = subscription.wait_for(|is| !matches!(is, Subscription::Away(_))).await;
            }
        };
        let _ = timeout(health::LIMIT + Duration::from_secs(1), connected).await;
    }

    /// A server that may remove jobs takes them all the same.
    fn check_keeps(&self) -> Result<(), QueueError> {
        match &*self.shared.health.borrow() {
            Health::Away(error @ QueueError::Refused { refusal: Refusal::Evicts, .. }) => {
                Err(error.clone())
            }
            _ => Ok(()),
        }
    }

    fn taken(&self) -> MutexGuard<'_, BTreeMap<String, QueueError>> {
        self.shared.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_open(&self) -> Result<(), QueueError> {
        if self.shared.closed.is_cancelled() { Err(QueueError::Closed) } else { Ok(()) }
    }

    /// Claims a job that is there now.
    async fn claim_now(&self, worker: &WorkerInfo) -> Result<Option<Claim>, QueueError> {
        loop {
            let mut script = scripts::claim();
            script.arg(&worker.id).arg(write_profile(worker)).arg(worker.slots);
            script.arg(&self.shared.process);
            let claimed: Claimed = self.shared.connection.call(&script, Repeat::No).await?;
            let Some((id, claim, fields)) = claimed else { return Ok(None) };
            match read_claimed(&id, fields) {
                Ok(record) => {
                    let lease = Lease { job: record.id, worker: worker.id.clone(), claim };
                    return Ok(Some(Claim { lease, record }));
                }
                Err(reason) => {
                    // It would be claimed and given back for ever.
                    let mut script = scripts::unreadable();
                    script.arg(id).arg(&worker.id).arg(claim).arg(reason);
                    self.shared.connection.call::<()>(&script, Repeat::Yes).await?;
                }
            }
        }
    }

    /// Makes again what is missing for some of the jobs. When all of them were looked at, the log
    /// says of how many.
    async fn review(&self) -> Result<(), QueueError> {
        let review = || self.shared.review.lock().unwrap_or_else(PoisonError::into_inner);
        let mut script = scripts::review();
        script.arg(review().cursor).arg(REVIEW_BATCH).arg(self.shared.options.max_finished);
        let (cursor, restored): (u64, u64) =
            self.shared.connection.call(&script, Repeat::Yes).await?;
        let mut review = review();
        review.cursor = cursor;
        review.restored += restored;
        if cursor == 0 && review.restored > 0 {
            let jobs = mem::take(&mut review.restored);
            warn!(jobs, "something has removed keys of the queue; its jobs are in them again");
        }
        Ok(())
    }

    /// Waits for a message about a job that the worker can run.
    async fn woken(&self, wake_ups: &mut broadcast::Receiver<WakeUp>, worker: &WorkerInfo) {
        loop {
            match wake_ups.recv().await {
                Ok(WakeUp::Class(class)) if !worker.can_run_class(&class) => {}
                Ok(_) | Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
        // The look that follows sees the jobs of these messages too.
        *wake_ups = wake_ups.resubscribe();
    }

    /// Waits for a server that is away.
    async fn back(&self) {
        // The call that failed may be what the next check finds.
        let mut health = self.shared.health.subscribe();
        let _ = health.changed().await;
        let _ = health.wait_for(Health::is_here).await;
    }
}

fn read_claimed(id: &[u8], fields: Fields) -> Result<JobRecord, String> {
    let job = str::from_utf8(id).ok().and_then(|id| id.parse().ok());
    let record = read_record(job.ok_or("its id is not one of a job")?, fields)?;
    record.request.check().map_err(|error| format!("field `request`: {error}"))?;
    Ok(record)
}

#[async_trait]
impl Queue for RedisQueue {
    fn ready(&self) -> Result<(), QueueError> {
        self.check_open()?;
        let limit = self.shared.options.max_queued;
        match &*self.shared.health.borrow() {
            Health::Here { queued } if *queued >= limit as u64 => Err(QueueError::Full { limit }),
            Health::Here { .. } => match self.taken().values().next() {
                Some(taken) => Err(taken.clone()),
                None => Ok(()),
            },
            Health::Away(error) => Err(error.clone()),
            Health::Unknown => {
                let reason = self.shared.connection.reason("it has not answered yet");
                Err(QueueError::Away { reason })
            }
        }
    }

    /// After [`Away`](QueueError::Away) the job may be queued or not.
    async fn submit(&self, request: JobRequest) -> Result<JobId, QueueError> {
        self.check_open()?;
        self.check_keeps()?;
        let id = JobId::generate();
        let limit = self.shared.options.max_queued;
        let mut script = scripts::submit();
        script
            .arg(id.to_string())
            .arg(json(&request))
            .arg(request.service().name())
            .arg(request.priority.name())
            .arg(order(request.priority))
            .arg(write_class(&JobClass::of(&request)))
            .arg(request.retries)
            .arg(limit)
            .arg(QueueOptions::MAX_CLASSES)
            .arg(request.kept().map(|kept| json(&kept)).unwrap_or_default());
        let answer: String = self.shared.connection.call(&script, Repeat::Yes).await?;
        match &*answer {
            "full" => Err(QueueError::Full { limit }),
            "too_varied" => Err(QueueError::TooVaried { limit: QueueOptions::MAX_CLASSES }),
            _ => Ok(id),
        }
    }

    async fn heartbeat(
        &self,
        worker: &WorkerInfo,
        leases: &[Lease],
    ) -> Result<Heartbeat, QueueError> {
        let options = &self.shared.options;
        let mut script = scripts::heartbeat();
        script
            .arg(&worker.id)
            .arg(write_profile(worker))
            .arg(worker.slots)
            .arg(micros(options.worker_expiry / 3))
            .arg(QueueOptions::MAX_LOST_WORKERS)
            .arg(options.max_finished)
            .arg(&self.shared.process)
            .arg(micros(options.worker_expiry));
        for lease in leases {
            script.arg(lease.job.to_string()).arg(lease.claim);
        }
        let heard: Result<Vec<String>, _> = self.shared.connection.call(&script, Repeat::Yes).await;
        match &heard {
            Err(error @ QueueError::Refused { refusal: Refusal::NameTaken, .. }) => {
                self.taken().insert(worker.id.clone(), error.clone());
            }
            // Whether somebody has the name is not known.
            Err(_) => {}
            Ok(_) => drop(self.taken().remove(&worker.id)),
        }
        let lost = heard?;
        Ok(Heartbeat { lost: lost.iter().filter_map(|id| id.parse().ok()).collect() })
    }

    async fn claim(
        &self,
        worker: &WorkerInfo,
        wait: Duration,
    ) -> Result<Option<Claim>, QueueError> {
        let begin = Instant::now();
        // Subscribed before the first look, so that a job that is queued later wakes it.
        let mut wake_ups = self.shared.channels.wake_ups.subscribe();
        loop {
            self.check_open()?;
            let looked = self.claim_now(worker).await;
            if let Ok(Some(_)) = looked {
                return looked;
            }
            let left = wait.saturating_sub(begin.elapsed());
            if left.is_zero() || looked.as_ref().is_err_and(|error| !error.is_outage()) {
                return looked;
            }
            tokio::select! {
                () = self.shared.closed.cancelled() => {}
                () = self.woken(&mut wake_ups, worker), if looked.is_ok() => {}
                () = self.back(), if looked.is_err() => {}
                () = sleep(left.min(LOOK_INTERVAL)) => {}
            }
        }
    }

    async fn begin(&self, lease: &Lease) -> Result<bool, QueueError> {
        let mut script = scripts::begin();
        script.arg(lease.job.to_string()).arg(&lease.worker).arg(lease.claim);
        self.shared.connection.call(&script, Repeat::Yes).await
    }

    async fn progress(&self, lease: &Lease, percent: u8) -> Result<(), QueueError> {
        let mut script = scripts::progress();
        script.arg(lease.job.to_string()).arg(&lease.worker).arg(lease.claim);
        script.arg(percent.min(100));
        self.shared.connection.call(&script, Repeat::Yes).await
    }

    async fn finish(&self, lease: &Lease, end: JobEnd) -> Result<Settled, QueueError> {
        let (state, output, failure, may_retry) = match &end {
            JobEnd::Completed(output) => (JobState::Completed, json(output), String::new(), false),
            JobEnd::Failed(failure) => {
                let is_late = failure.reason == FailureReason::DeadlineExceeded;
                let state = if is_late { JobState::TimedOut } else { JobState::Failed };
                (state, String::new(), json(failure), failure.reason.is_retryable())
            }
        };
        let mut script = scripts::finish();
        script
            .arg(lease.job.to_string())
            .arg(&lease.worker)
            .arg(lease.claim)
            .arg(state.name())
            .arg(output)
            .arg(failure)
            .arg(u8::from(may_retry))
            .arg(micros(self.shared.options.retry_delay))
            .arg(self.shared.options.max_finished);
        let answer: String = self.shared.connection.call(&script, Repeat::Yes).await?;
        Ok(match JobState::named(&answer) {
            Some(state) => Settled::Over(state),
            None if answer == "retried" => Settled::Retried,
            None => Settled::Lost,
        })
    }

    async fn release(&self, lease: &Lease) -> Result<(), QueueError> {
        let mut script = scripts::release();
        script.arg(lease.job.to_string()).arg(&lease.worker).arg(lease.claim);
        self.shared.connection.call(&script, Repeat::Yes).await
    }

    async fn leave(&self, worker_id: &str) -> Result<(), QueueError> {
        let mut script = scripts::leave();
        script.arg(worker_id).arg(&self.shared.process);
        self.shared.connection.call(&script, Repeat::Yes).await
    }

    async fn cancel(&self, id: JobId) -> Result<Cancelled, QueueError> {
        let mut script = scripts::cancel();
        script.arg(id.to_string()).arg(self.shared.options.max_finished);
        let answer: Option<String> = self.shared.connection.call(&script, Repeat::No).await?;
        let Some(answer) = answer else { return Ok(Cancelled::Unknown) };
        Ok(JobState::named(&answer).map_or(Cancelled::Now, Cancelled::Over))
    }

    async fn record(&self, id: JobId) -> Result<Option<JobRecord>, QueueError> {
        let mut script = scripts::record();
        script.arg(id.to_string());
        let fields: Option<Fields> = self.shared.connection.call(&script, Repeat::Yes).await?;
        let record = fields.map(|fields| read_record(id, fields)).transpose();
        record.map_err(|reason| QueueError::Foreign { id: id.to_string(), reason })
    }

    async fn sweep(&self) -> Result<Sweep, QueueError> {
        let options = &self.shared.options;
        let mut script = scripts::sweep();
        script
            .arg(micros(options.worker_expiry))
            .arg(micros(options.unworkable_after))
            .arg(QueueOptions::MAX_LOST_WORKERS)
            .arg(options.max_finished)
            .arg(SWEEP_BATCH)
            .arg(micros(options.retry_delay));
        self.review().await?;
        let mut sweep = Sweep::default();
        loop {
            let (recovered, failed, unworkable, retried, is_more, unreadable): Swept =
                self.shared.connection.call(&script, Repeat::No).await?;
            for found in &unreadable {
                if sweep.unreadable < MOST_LINES {
                    let found = String::from_utf8_lossy(found);
                    warn!("put aside what cannot be read: {}", Excerpt::of_message(&found));
                }
                sweep.unreadable += 1;
            }
            sweep.recovered += recovered;
            sweep.failed += failed;
            sweep.unworkable += unworkable;
            sweep.retried += retried;
            if !is_more {
                if let Some(others @ 1..) = sweep.unreadable.checked_sub(MOST_LINES) {
                    warn!(others, "put aside more that cannot be read");
                }
                return Ok(sweep);
            }
        }
    }

    async fn stats(&self) -> Result<QueueStats, QueueError> {
        let mut script = scripts::stats();
        script.arg(micros(self.shared.options.worker_expiry));
        let (queued, running, workers, available_workers, slots) =
            self.shared.connection.call(&script, Repeat::Yes).await?;
        Ok(QueueStats { queued, running, workers, available_workers, slots })
    }

    fn events(&self) -> broadcast::Receiver<JobEvent> {
        self.shared.channels.events.subscribe()
    }

    /// The jobs that wait stay on the server, for other processes.
    fn close(&self) -> usize {
        self.shared.closed.cancel();
        0
    }
}
