//! Requests for one job, and their answers.

use std::time::Duration;

use async_nats::{
    StatusCode, Subject, Subscriber,
    jetstream::{AckKind, Message, consumer::pull::BatchConfig},
};
use futures_util::StreamExt;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::{
    connection::Connection,
    resources::{PULL_SUBJECT, REQUEST_AGE},
    rights::{self, publish_to},
};

/// A request without an answer, not even its expiry, counts as lost after this time.
const LOST_AFTER: Duration = Duration::from_secs(35);
/// The pause after an answer that is neither a job nor an expiry.
const REFUSED_PAUSE: Duration = Duration::from_millis(500);

/// Waits for the message of the next job. Returns `None` once `cancelled` is cancelled; a message
/// that is already on its way then goes back to the queue.
pub(super) async fn pull(
    connection: &Connection,
    cancelled: &CancellationToken,
) -> Result<Option<Message>, async_nats::Error> {
    let mut connected = connection.connected();
    let right = publish_to(PULL_SUBJECT);
    loop {
        connected.mark_unchanged();
        let consumer = tokio::select! {
            resources = connection.prepared() => resources.consumer,
            () = cancelled.cancelled() => return Ok(None),
        };
        // Each request has its own inbox, so that a late answer to an earlier request is not
        // mistaken for an answer to this one.
        let client = connection.client();
        let inbox = Subject::from(client.new_inbox());
        let mut answers = client.subscribe(inbox.clone()).await?;
        let request =
            BatchConfig { batch: 1, expires: Some(REQUEST_AGE), ..BatchConfig::default() };
        consumer.request_batch(request, inbox).await?;
        tokio::select! {
            answer = answers.next() => {
                let answer = answer.ok_or("the connection is closed")?;
                match answer.status {
                    None | Some(StatusCode::OK) => {
                        let context = connection.context().clone();
                        return Ok(Some(Message { message: answer, context }));
                    }
                    Some(StatusCode::TIMEOUT) => {}
                    Some(status) => {
                        debug!(%status, "the queue has refused a request for a job");
                        connection.request_check();
                        sleep(REFUSED_PAUSE).await;
                    }
                }
            }
            () = cancelled.cancelled() => {
                give_back_late_jobs(connection, answers).await;
                return Ok(None);
            }
            () = connection.health().refused(&right) => {
                give_back_late_jobs(connection, answers).await;
                tokio::select! {
                    () = sleep(rights::PAUSE) => {}
                    () = cancelled.cancelled() => return Ok(None),
                }
            }
            // The server that has the request may be gone.
            _ = connected.changed() => give_back_late_jobs(connection, answers).await,
            () = sleep(LOST_AFTER) => give_back_late_jobs(connection, answers).await,
        }
    }
}

/// Ends the request. The server may have answered it with a job already, and would wait for the
/// acknowledgement.
async fn give_back_late_jobs(connection: &Connection, mut answers: Subscriber) {
    if answers.drain().await.is_err() {
        return;
    }
    while let Some(message) = answers.next().await {
        if message.status.is_none() {
            let message = Message { message, context: connection.context().clone() };
            if let Err(error) = message.ack_with(AckKind::Nak(None)).await {
                debug!(%error, "a job could not be given back; it is delivered again later");
            }
        }
    }
}
