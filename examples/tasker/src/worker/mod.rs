//! A worker: claims the steps of one namespace, runs them, and submits their results.
//!
//! ```text
//! notifications ─► event ─┐                      ┌─► handlers       functions
//!       interval ─► poll ─┴─► claim ─► execution ┤
//!                                                └─► handler thread an external program
//!                                  └─► submission ─► the queue of results
//! ```

mod claims;
mod execution;
mod foreign;
mod handlers;
mod running;
mod submission;

use std::{sync::Arc, time::Duration};

use clap::ValueEnum;
use osapi_metrics::instrumentation::{channel, queue::Queue};
use tokio::{
    sync::{Mutex, Semaphore},
    task::JoinSet,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    metrics::{ChannelLabels, ChannelMetrics, ChannelName, Correlations, Namespace},
    notifications::{self, Notifications},
    orchestration::saturation,
    queues::Queues,
    resilience::Breakers,
    store::Database,
};
use claims::Claims;
use running::RunningSteps;

pub use foreign::{CompletionPlace, ForeignError, ForeignHandlers, ForeignOptions, Printed};

/// How a worker finds steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ClaimMode {
    /// By the notifications of the database, and by a poll once a minute, for a notification that
    /// was lost.
    Event,
    /// By looking at intervals.
    Poll,
    /// Both.
    Hybrid,
}

/// How a worker works.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The name in the tables, unique among the workers.
    pub name: String,
    /// The namespace whose steps it runs.
    pub namespace: String,
    /// The most steps that it runs at the same time.
    pub concurrency: usize,
    /// How it finds steps.
    pub claim: ClaimMode,
    /// How often it looks without a notification.
    pub poll_interval: Duration,
    /// How long a step is its own without a sign of life.
    pub visibility: Duration,
    /// The notifications that can wait.
    pub notification_capacity: usize,
}

/// What the parts of a worker share.
#[derive(Clone, Debug)]
pub struct WorkerParts {
    /// The pool of the workers.
    pub database: Database,
    /// The queues over this pool.
    pub queues: Queues,
    /// The breakers of the process.
    pub breakers: Breakers,
    /// The handler thread of the process.
    pub foreign: ForeignHandlers,
    /// Whether metrics have correlation ids.
    pub correlations: Correlations,
}

/// What every execution of a worker needs.
#[derive(Clone, Debug)]
struct Context {
    parts: WorkerParts,
    name: String,
    namespace: Namespace,
    queue: Queue,
    visibility: Duration,
    running: RunningSteps,
    slots: Arc<Semaphore>,
    /// Ends claims. Steps that run go on.
    stop: CancellationToken,
    /// Ends the steps that run, at the end of the time to stop.
    abort: CancellationToken,
}

/// A running worker.
#[derive(Debug)]
pub struct Worker {
    context: Context,
    concurrency: u32,
    tasks: Mutex<JoinSet<()>>,
    notifications: channel::Sender<String>,
}

/// How often a worker that goes by notifications looks without one.
const EVENT_POLL: Duration = Duration::from_mins(1);

impl Worker {
    /// Starts on the current tokio runtime.
    ///
    /// # Errors
    /// The namespace has no queue.
    pub fn start(parts: WorkerParts, options: &WorkerOptions) -> Result<Self, sqlx::Error> {
        let queue = parts.queues.workers.of(&options.namespace)?.clone();
        let labels = ChannelLabels {
            channel: ChannelName::PgmqNotifications,
            component: format!("worker_{}", options.namespace),
        };
        let (notifications, notified) =
            channel::channel_in::<ChannelMetrics, String>(options.notification_capacity, &labels);
        let context = Context {
            parts,
            name: options.name.clone(),
            namespace: Namespace::from(options.namespace.as_str()),
            queue,
            visibility: options.visibility,
            running: RunningSteps::default(),
            slots: Arc::new(Semaphore::new(options.concurrency)),
            stop: CancellationToken::new(),
            abort: CancellationToken::new(),
        };
        let mut tasks = JoinSet::new();
        let claims = Claims { context: context.clone(), concurrency: options.concurrency };
        if options.claim != ClaimMode::Poll {
            tasks.spawn(notifications::forward(
                Notifications {
                    pool: context.parts.database.pool().clone(),
                    queues: vec![context.queue.name().to_owned()],
                    health: context.parts.breakers.health.clone(),
                },
                notifications.clone(),
                context.stop.clone(),
            ));
            tasks.spawn(claims.clone().by_event(notified));
        }
        let poll =
            if options.claim == ClaimMode::Event { EVENT_POLL } else { options.poll_interval };
        tasks.spawn(claims.by_poll(poll));
        tasks.spawn(running::keep(context.clone()));
        info!(worker = options.name, namespace = options.namespace, "the worker takes steps");
        let concurrency = u32::try_from(options.concurrency).unwrap_or(u32::MAX);
        Ok(Self { context, concurrency, tasks: Mutex::new(tasks), notifications })
    }

    /// The share of the capacity that the fullest channel of the worker uses, from 0 to 1: of
    /// notifications, or of completions.
    pub fn channel_saturation(&self) -> f64 {
        saturation(&self.notifications).max(self.context.parts.foreign.channel_saturation())
    }

    /// Takes no more steps, and lets the running ones end, for at most `limit`. A step that does
    /// not end in time is dropped, within `dropping`, and goes to another worker.
    pub async fn stop(&self, limit: Duration, dropping: Duration) {
        self.context.stop.cancel();
        let all = self.context.slots.acquire_many(self.concurrency);
        let in_time = timeout(limit, all).await.is_ok();
        // A look into the queue has slots too.
        let steps = self.context.running.count();
        if !in_time && steps > 0 {
            warn!(worker = self.context.name, steps, "steps still run; other workers take them");
        }
        self.context.abort.cancel();
        let shutdown = async { self.tasks.lock().await.shutdown().await };
        // What has not ended then ends with the process.
        let _ = timeout(dropping, shutdown).await;
    }
}
