//! Whether the server's store takes another message.
//!
//! A server whose store is full, or whose files cannot be written, answers as before, and refuses
//! to write. It takes messages again when records expire, when jobs are taken off the queue, or
//! when somebody raises its limits or mends its disk.

use std::{error::Error, sync::Arc, time::Duration};

use async_nats::jetstream::{Context, ErrorCode, message::PublishMessage};
use osapi_metrics_rules::excerpt::Excerpt;
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tracing::{debug, info, warn};

use super::{
    health::ServerHealth,
    problem::answer,
    records::RecordError,
    resources::{QUEUE_PROBE_SUBJECT, RECORDS_BUCKET, Resources},
    rights::{self, publish_to},
};

/// The pause between two tries to write while the store takes nothing.
const REFUSED_PAUSE: Duration = Duration::from_secs(2);

/// The answers of a server whose limits are reached, or that cannot write its files.
const NO_ROOM: [ErrorCode; 5] = [
    ErrorCode::STREAM_STORE_FAILED,
    ErrorCode::INSUFFICIENT_RESOURCES,
    ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
    ErrorCode::STORAGE_RESOURCES_EXCEEDED,
    ErrorCode::MEMORY_RESOURCES_EXCEEDED,
];

/// The room in the store of the server, as its answers show. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct StoreRoom(watch::Sender<Refusals>);

/// What of the store is written to. One may be refused without the other: each has files of its
/// own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StorePart {
    Records,
    Queue,
}

/// What the server refuses to write now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Refusals {
    records: Option<Refusal>,
    queue: Option<Refusal>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Refusal {
    /// The answer of the server.
    reason: String,
    /// The size of the largest message that was refused.
    bytes: usize,
}

impl Refusals {
    fn of(&self, part: StorePart) -> Option<&Refusal> {
        match part {
            StorePart::Records => self.records.as_ref(),
            StorePart::Queue => self.queue.as_ref(),
        }
    }

    fn of_mut(&mut self, part: StorePart) -> &mut Option<Refusal> {
        match part {
            StorePart::Records => &mut self.records,
            StorePart::Queue => &mut self.queue,
        }
    }

    fn first(&self) -> Option<&Refusal> {
        self.records.as_ref().or(self.queue.as_ref())
    }
}

impl StoreRoom {
    pub(super) fn new() -> Self {
        Self(watch::Sender::default())
    }

    /// The answer of the server, while its store takes nothing.
    pub(super) fn refusal(&self) -> Option<String> {
        self.0.borrow().first().map(|refusal| refusal.reason.clone())
    }

    /// Notes that the server has refused a message of this size.
    pub(super) fn refused(&self, part: StorePart, reason: &str, bytes: usize) {
        let mut begins = false;
        self.0.send_modify(|refusals| {
            begins = refusals.first().is_none();
            let refusal = refusals.of_mut(part);
            let known = refusal.as_ref().map_or(0, |refusal| refusal.bytes);
            *refusal = Some(Refusal { reason: reason.to_owned(), bytes: known.max(bytes) });
        });
        if begins {
            let reason = Excerpt::of_message(reason);
            warn!(
                %reason,
                "the store of NATS is full or cannot be written; no job is taken until it can"
            );
        }
    }

    /// Notes that the server has taken a message where it had refused this one.
    fn taken(&self, part: StorePart, refused: &Refusals) {
        let mut ends = false;
        self.0.send_if_modified(|refusals| {
            // A larger message may have been refused meanwhile.
            if refusals.of(part).is_none() || refusals.of(part) != refused.of(part) {
                return false;
            }
            *refusals.of_mut(part) = None;
            ends = refusals.first().is_none();
            true
        });
        if ends {
            info!("the store of NATS can be written again");
        }
    }

    /// Waits until the store is not known to refuse anything.
    pub(super) async fn wait(&self) {
        // Fails only without a sender, and this value is one.
        let _ = self.0.subscribe().wait_for(|refusals| refusals.first().is_none()).await;
    }

    /// Tries to write at intervals, so that a process that has nothing to write notices a full
    /// store or a refused right too, and whenever the resources on the server were prepared, for as
    /// long as the future is polled. The queue is tried while it refuses jobs.
    pub(super) async fn probe(
        self,
        context: Context,
        mut resources: watch::Receiver<Option<Resources>>,
        health: ServerHealth,
        check_requested: Arc<Notify>,
    ) {
        let right = publish_to(&format!("$KV.{RECORDS_BUCKET}.probe"));
        loop {
            let is_refused = self.0.borrow().first().is_some();
            tokio::select! {
                prepared = resources.changed() => if prepared.is_err() { return },
                () = sleep(if is_refused { REFUSED_PAUSE } else { rights::PAUSE }) => {}
            }
            let refused = self.0.borrow().clone();
            let Some(prepared) = resources.borrow().clone() else { continue };
            if health.is_silenced() {
                return;
            }
            if !health.is_prepared() {
                continue;
            }
            let bytes = refused.records.as_ref().map_or(0, |refusal| refusal.bytes);
            match prepared.records.probe(bytes).await {
                Ok(()) => {
                    health.granted(&right);
                    self.taken(StorePart::Records, &refused);
                }
                Err(RecordError::Full { .. }) => {}
                Err(error) => {
                    debug!(%error, "a message was not written");
                    check_requested.notify_one();
                }
            }
            if let Some(refusal) = &refused.queue
                && takes_jobs(&context, &prepared, refusal.bytes).await
            {
                self.taken(StorePart::Queue, &refused);
            }
        }
    }
}

/// Whether the queue takes a message of this size, which is removed again. An agent that gets it
/// before removes it too.
async fn takes_jobs(context: &Context, resources: &Resources, bytes: usize) -> bool {
    let message = PublishMessage::build().payload(vec![b' '; bytes].into());
    let published = match context.send_publish(QUEUE_PROBE_SUBJECT, message).await {
        Ok(acknowledgement) => acknowledgement.await,
        Err(error) => Err(error),
    };
    match published {
        Ok(written) => {
            if let Err(error) = resources.queue.delete_message(written.sequence).await {
                debug!(%error, "a message was not removed from the queue");
            }
            true
        }
        // A queue that has the most jobs is no store that takes nothing.
        Err(error) => is_queue_full(&error),
    }
}

/// Whether the queue refused a message because it has the most jobs. Other failures of the queue's
/// storage have the same error code.
pub(super) fn is_queue_full(error: &(dyn Error + 'static)) -> bool {
    answer(error).is_some_and(|answer| {
        answer.error_code() == ErrorCode::STREAM_STORE_FAILED
            && answer.to_string().contains("maximum messages exceeded")
    })
}

/// The reason in the server's answer, if the error or one of its causes is that the store takes
/// nothing: there is no room, or a file cannot be written.
pub(super) fn no_room(error: &(dyn Error + 'static)) -> Option<String> {
    if is_queue_full(error) {
        return None;
    }
    let answer = answer(error)?;
    NO_ROOM.contains(&answer.error_code()).then(|| answer.to_string())
}
