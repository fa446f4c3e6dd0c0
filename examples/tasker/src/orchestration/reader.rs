//! Reads the queues of the orchestration into the command channel.

use osapi_metrics::instrumentation::{
    channel::Sender,
    queue::{Message, Queue},
};
use serde::de::DeserializeOwned;
use tokio::{
    sync::mpsc::Receiver,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

use super::{OrchestrationOptions, OrchestrationParts, command::Command};
use crate::{
    queues::{READ_AT_ONCE, archive_foreign},
    resilience::Use,
};

pub(super) struct Reader {
    pub(super) parts: OrchestrationParts,
    pub(super) options: OrchestrationOptions,
}

impl Reader {
    /// Reads when a notification comes, and at an interval, because a notification can be lost.
    pub(super) async fn run(
        self,
        mut notified: Receiver<String>,
        commands: Sender<Command>,
        stop: CancellationToken,
    ) {
        let mut poll = interval(self.options.poll_interval);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let queues = self.parts.queues.clone();
        loop {
            let notified = tokio::select! {
                () = stop.cancelled() => return,
                queue = notified.recv() => queue,
                _ = poll.tick() => None,
            };
            let concerns =
                |queue: &Queue| notified.as_deref().is_none_or(|notified| notified == queue.name());
            if concerns(&queues.requests) {
                self.drain(&queues.requests, Command::Request, &commands, &stop).await;
            }
            if concerns(&queues.results) {
                self.drain(&queues.results, Command::Result, &commands, &stop).await;
            }
        }
    }

    /// Reads until the queue is empty. A full command channel makes this wait, so that no more is
    /// read than is processed.
    async fn drain<T: DeserializeOwned + Send>(
        &self,
        queue: &Queue,
        command: fn(Message<T>) -> Command,
        commands: &Sender<Command>,
        stop: &CancellationToken,
    ) {
        while !stop.is_cancelled() {
            let read = queue.read::<T>(self.options.visibility, READ_AT_ONCE);
            let read = self.parts.breakers.call(Use::ReadQueues, read).await;
            let Ok(messages) = read else { return };
            let is_last = messages.len() < READ_AT_ONCE as usize;
            for message in messages {
                if let Err(error) = &message.body {
                    archive_foreign(queue, message.id, error).await;
                } else if commands.send(command(message)).await.is_err() {
                    return;
                }
            }
            if is_last {
                return;
            }
        }
    }
}
