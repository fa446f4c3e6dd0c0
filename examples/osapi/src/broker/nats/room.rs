//! Whether the server's store has room for another message.
//!
//! A server whose store is full answers as before, and refuses to write. It has room again when
//! records expire, when jobs are taken off the queue, or when somebody raises its limits.

use std::{error::Error, sync::Arc, time::Duration};

use async_nats::jetstream::ErrorCode;
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tracing::{debug, info, warn};

use super::{
    health::ServerHealth,
    problem::answer,
    records::RecordError,
    resources::{RECORDS_BUCKET, Resources},
    rights::{self, publish_to},
};

/// The pause between two tries to write while the store is full.
const FULL_PAUSE: Duration = Duration::from_secs(2);

/// The answers of a server whose limits are reached.
const NO_ROOM: [ErrorCode; 4] = [
    ErrorCode::INSUFFICIENT_RESOURCES,
    ErrorCode::ACCOUNT_RESOURCES_EXCEEDED,
    ErrorCode::STORAGE_RESOURCES_EXCEEDED,
    ErrorCode::MEMORY_RESOURCES_EXCEEDED,
];

/// The room in the store of the server, as its answers show. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct StoreRoom(watch::Sender<Option<FullStore>>);

/// A store that refuses to write.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FullStore {
    /// The answer of the server.
    reason: String,
    /// The size of the largest message that was refused.
    bytes: usize,
}

impl StoreRoom {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(None))
    }

    /// The answer of the server, while its store is full.
    pub(super) fn full(&self) -> Option<String> {
        self.0.borrow().as_ref().map(|full| full.reason.clone())
    }

    /// Notes that the server has refused a message of this size.
    pub(super) fn refused(&self, reason: &str, bytes: usize) {
        let begins = self.0.send_if_modified(|full| match full {
            Some(full) => {
                full.bytes = full.bytes.max(bytes);
                false
            }
            None => {
                *full = Some(FullStore { reason: reason.to_owned(), bytes });
                true
            }
        });
        if begins {
            warn!(reason, "the store of NATS is full; no job is taken until it has room");
        }
    }

    /// Waits until the store is not known to be full.
    pub(super) async fn wait(&self) {
        // Fails only without a sender, and this value is one.
        let _ = self.0.subscribe().wait_for(Option::is_none).await;
    }

    /// Tries to write at intervals, so that a process that has nothing to write notices a full
    /// store or a refused right too, and whenever the resources on the server were prepared, for as
    /// long as the future is polled.
    pub(super) async fn probe(
        self,
        mut resources: watch::Receiver<Option<Resources>>,
        health: ServerHealth,
        check_requested: Arc<Notify>,
    ) {
        let right = publish_to(&format!("$KV.{RECORDS_BUCKET}.probe"));
        loop {
            let is_full = self.0.borrow().is_some();
            tokio::select! {
                prepared = resources.changed() => if prepared.is_err() { return },
                () = sleep(if is_full { FULL_PAUSE } else { rights::PAUSE }) => {}
            }
            let full = self.0.borrow().clone();
            let Some(records) = resources.borrow().as_ref().map(|it| it.records.clone()) else {
                continue;
            };
            if health.is_silenced() {
                return;
            }
            if !health.is_prepared() {
                continue;
            }
            let written = records.probe(full.as_ref().map_or(0, |full| full.bytes)).await;
            if written.is_ok() {
                health.granted(&right);
            }
            match written {
                // A larger message may have been refused meanwhile.
                Ok(()) if full.is_some() && *self.0.borrow() == full => {
                    self.0.send_replace(None);
                    info!("the store of NATS has room again");
                }
                Ok(()) | Err(RecordError::Full { .. }) => {}
                Err(error) => {
                    debug!(%error, "a message was not written");
                    check_requested.notify_one();
                }
            }
        }
    }
}

/// The reason in the server's answer, if the error or one of its causes is that there is no room.
pub(super) fn no_room(error: &(dyn Error + 'static)) -> Option<String> {
    let answer = answer(error)?;
    let text = answer.to_string();
    // The limit of bytes of one stream, and the end of the disk; other failures of a stream's
    // storage have the same code.
    let is_full = answer.error_code() == ErrorCode::STREAM_STORE_FAILED
        && (text.contains("maximum bytes exceeded") || text.contains("no space left"));
    (is_full || NO_ROOM.contains(&answer.error_code())).then_some(text)
}
