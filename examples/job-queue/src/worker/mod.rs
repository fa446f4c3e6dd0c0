//! A worker: claims jobs that it can run, runs them with the connectors, and stores their ends.
//!
//! ```text
//! heartbeats ─► lost jobs ─┐
//!                          ▼
//! slots ─► claim ─► begin ─► attempt ─► connector ─► finish ─► bill
//! ```

mod attempt;
mod change_log;
mod heartbeat;
mod leases;
mod prices;
mod slot;
#[cfg(test)]
mod tests;

pub use prices::Prices;

use std::{sync::Arc, time::Duration};

use osapi_metrics::instruments::Observation;
use tokio::{
    task::JoinSet,
    time::{Instant, timeout, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};
use tracing::{info, warn};

use crate::{
    connectors::Connectors,
    metrics::{CapacityMetrics, WorkerId, WorkerLabels},
    queue::{Queue, QueueError, WorkerInfo},
};
use change_log::ChangeLog;
use leases::Leases;

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The worker, as the queue and its metrics know it.
    pub info: WorkerInfo,
    /// [`QueueOptions::worker_expiry`](crate::queue::QueueOptions::worker_expiry) of the queue.
    pub worker_expiry: Duration,
    /// What clients pay.
    pub prices: Prices,
    /// Whether the worker records its jobs, their prices and its capacity.
    pub job_metrics: bool,
}

/// A running worker. Dropping it is the death of the worker: its jobs go to others when the queue
/// has noticed.
#[derive(Debug)]
pub struct Worker {
    context: Arc<Context>,
    slots: JoinSet<()>,
    heartbeats: AbortOnDropHandle<()>,
    _observations: Option<[Observation; 2]>,
}

/// What the tasks of a worker share.
#[derive(Debug)]
struct Context {
    queue: Arc<dyn Queue>,
    connectors: Connectors,
    options: WorkerOptions,
    id: WorkerId,
    leases: Leases,
    /// The slots fail together.
    claims: ChangeLog,
    /// Cancelled once the queue knows the worker.
    known: CancellationToken,
    /// Ends claims. Jobs that run go on.
    stop: CancellationToken,
    /// Ends the jobs that run, at the end of the time to stop.
    abort: CancellationToken,
}

impl Worker {
    /// Starts on the current tokio runtime.
    pub fn start(queue: Arc<dyn Queue>, connectors: Connectors, options: WorkerOptions) -> Self {
        let context = Arc::new(Context {
            queue,
            connectors,
            id: WorkerId::from(options.info.id.as_str()),
            leases: Leases::default(),
            claims: ChangeLog::new("the worker cannot claim jobs"),
            known: CancellationToken::new(),
            stop: CancellationToken::new(),
            abort: CancellationToken::new(),
            options,
        });
        let WorkerOptions { info, job_metrics, .. } = &context.options;
        let observations = job_metrics.then(|| context.observe());
        let mut slots = JoinSet::new();
        for _ in 0..info.slots {
            slots.spawn(slot::take_jobs(Arc::clone(&context)));
        }
        let heartbeats = tokio::spawn(heartbeat::repeat(Arc::clone(&context)));
        let (count, services) = (info.slots, &info.services);
        info!(worker = info.id, slots = count, ?services, "the worker takes jobs");
        let heartbeats = AbortOnDropHandle::new(heartbeats);
        Self { context, slots, heartbeats, _observations: observations }
    }

    /// The name of the worker.
    pub fn id(&self) -> &str {
        self.context.id.as_str()
    }

    /// Whether the queue has answered a heartbeat of the worker.
    pub fn is_known(&self) -> bool {
        self.context.known.is_cancelled()
    }

    /// Takes no more jobs, and lets the running ones end, for at most `grace`. Jobs that do not end
    /// in time are given back, and the worker leaves the queue, for at most `farewell` more: then
    /// the queue has to notice.
    pub async fn stop(mut self, grace: Duration, farewell: Duration) {
        let context = &self.context;
        let worker = context.id.as_str();
        context.stop.cancel();
        let in_time = timeout(grace, ended(&mut self.slots)).await.is_ok();
        let end = Instant::now() + farewell;
        if !in_time {
            // Without jobs, the slots have had no time to notice that the worker stops.
            let jobs = context.leases.count();
            if jobs > 0 {
                let waited = format_args!("{:.1}s", grace.as_secs_f64());
                warn!(worker, jobs, %waited, "jobs still run; giving them back");
            }
            context.abort.cancel();
            if timeout(farewell / 2, ended(&mut self.slots)).await.is_err() {
                warn!(worker, "the queue does not take the jobs back; it will notice");
            }
        }
        if timeout_at(end, self.slots.shutdown()).await.is_err() {
            warn!(worker, "jobs do not end; the queue will notice");
        }
        drop(self.heartbeats);
        let silent = || QueueError::Away { reason: "it does not answer".to_owned() };
        let left = timeout_at(end, context.queue.leave(worker)).await;
        if let Err(error) = left.unwrap_or_else(|_| Err(silent())) {
            warn!(worker, %error, "the queue does not know that the worker goes; it will notice");
        }
        info!(worker, "the worker has stopped");
    }
}

async fn ended(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

impl Context {
    /// Observes the slots, and the share of them that have a job.
    fn observe(&self) -> [Observation; 2] {
        let metrics = CapacityMetrics::global();
        let labels = WorkerLabels { worker_id: self.id.clone() };
        let (slots, leases) = (self.options.info.slots, self.leases.clone());
        [
            metrics.worker_slots.with(labels.clone()).observe(move || u64::from(slots)),
            metrics
                .worker_saturation_ratio
                .with(labels)
                .observe(move || (slots > 0).then(|| leases.count() as f64 / f64::from(slots))),
        ]
    }
}
