//! The orchestration: begins tasks, takes results, enqueues what becomes ready, and ends tasks.
//!
//! ```text
//! notifications ─► reader ──► command channel ──► processors ──► transactions ──► metrics
//!       interval ─┘             scan ─┘ steps whose next attempt is due
//! ```
//!
//! A message is deleted in the transaction that does its work. A process that dies in between has
//! done nothing, and another one reads the message again.

mod command;
mod processor;
mod reader;
mod sampler;
mod scan;

use std::{sync::Arc, time::Duration};

use osapi_metrics::instrumentation::channel;
use tokio::{sync::Mutex, task::JoinSet, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

use crate::{
    metrics::{ChannelLabels, ChannelMetrics, ChannelName, Correlations},
    notifications::{self, Notifications},
    queues::Queues,
    resilience::Breakers,
    store::Database,
};
use command::Command;
use processor::Processor;
use reader::Reader;

use sampler::SampledCounts;

/// How the orchestration works.
#[derive(Clone, Debug)]
pub struct OrchestrationOptions {
    /// The commands that are processed at the same time.
    pub processors: usize,
    /// How often queues are read without a notification.
    pub poll_interval: Duration,
    /// How long a message that was read is invisible to others.
    pub visibility: Duration,
    /// How often steps are looked for whose next attempt is due.
    pub scan_interval: Duration,
    /// How often tasks, steps and messages are counted for the gauges.
    pub sample_interval: Duration,
    /// The commands that can wait for a processor.
    pub command_capacity: usize,
    /// The notifications that can wait for the reader.
    pub notification_capacity: usize,
}

/// What the parts of the orchestration share.
#[derive(Clone, Debug)]
pub struct OrchestrationParts {
    /// The pool of the orchestration.
    pub database: Database,
    /// The queues over this pool.
    pub queues: Queues,
    /// The breakers of the process.
    pub breakers: Breakers,
    /// Whether metrics have correlation ids.
    pub correlations: Correlations,
}

/// The running orchestration of a process.
#[derive(Debug)]
pub struct Orchestration {
    tasks: Mutex<JoinSet<()>>,
    stop: CancellationToken,
    /// The commands that are processed.
    processed: TaskTracker,
    commands: channel::Sender<Command>,
    notifications: channel::Sender<String>,
    /// Shows the gauges for as long as it is held.
    _counts: SampledCounts,
}

impl Orchestration {
    /// Starts on the current tokio runtime.
    pub fn start(parts: &OrchestrationParts, options: &OrchestrationOptions) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let labels = |channel| ChannelLabels { channel, component: "orchestration".to_owned() };
        let (commands, received) = channel::channel_in::<ChannelMetrics, Command>(
            options.command_capacity,
            &labels(ChannelName::OrchestrationCommand),
        );
        let (notifications, notified) = channel::channel_in::<ChannelMetrics, String>(
            options.notification_capacity,
            &labels(ChannelName::PgmqNotifications),
        );
        tasks.spawn(notifications::forward(
            Notifications {
                pool: parts.database.pool().clone(),
                queues: parts.queues.orchestration_names(),
                health: parts.breakers.health.clone(),
            },
            notifications.clone(),
            stop.clone(),
        ));
        let reader = Reader { parts: parts.clone(), options: options.clone() };
        tasks.spawn(reader.run(notified, commands.clone(), stop.clone()));
        let received = Arc::new(Mutex::new(received));
        let processed = TaskTracker::new();
        for _ in 0..options.processors {
            let processor = Processor {
                parts: parts.clone(),
                visibility: options.visibility,
                processed: processed.clone(),
            };
            tasks.spawn(processor.run(Arc::clone(&received), stop.clone()));
        }
        tasks.spawn(scan::run(
            parts.clone(),
            options.scan_interval,
            commands.clone(),
            stop.clone(),
        ));
        let counts = SampledCounts::observe(options.sample_interval);
        tasks.spawn(counts.clone().sample(parts.clone(), stop.clone()));
        Self { tasks: Mutex::new(tasks), stop, processed, commands, notifications, _counts: counts }
    }

    /// The share of the capacity that is used in the fullest channel, from 0 to 1.
    pub fn channel_saturation(&self) -> f64 {
        saturation(&self.commands).max(saturation(&self.notifications))
    }

    /// Takes no more messages, and lets the commands that are processed end, for at most `limit`.
    pub async fn stop(&self, limit: Duration) {
        self.stop.cancel();
        let mut tasks = self.tasks.lock().await;
        let ended = timeout(limit, async { while tasks.join_next().await.is_some() {} });
        let in_time = ended.await.is_ok();
        let commands = self.processed.len();
        if !in_time && commands > 0 {
            warn!(commands, "commands are still processed; another process takes them");
        }
    }
}

/// The share of a channel's capacity that is used.
pub(crate) fn saturation<T>(sender: &channel::Sender<T>) -> f64 {
    let most = sender.max_capacity();
    (most - sender.capacity().min(most)) as f64 / most as f64
}
