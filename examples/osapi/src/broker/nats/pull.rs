//! Asks the queue for one job and waits until there is one.

use std::time::Duration;

use async_nats::{
    StatusCode, Subscriber,
    jetstream::{AckKind, Message, consumer::pull::BatchConfig},
};
use futures_util::StreamExt;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::connection::Connection;

/// How long one request for a job waits in the server.
const REQUEST_AGE: Duration = Duration::from_secs(30);
/// A request that is not answered even with its expiry was lost.
const LOST_AFTER: Duration = Duration::from_secs(35);
/// Pause after an answer that is neither a job nor an expiry.
const REFUSED_PAUSE: Duration = Duration::from_millis(500);

/// The next job's message, or nothing once `unwanted` says so; a message that is already on its
/// way then goes back.
pub(super) async fn pull(
    connection: &Connection,
    unwanted: &CancellationToken,
) -> Result<Option<Message>, async_nats::Error> {
    let mut connected = connection.connected();
    loop {
        connected.mark_unchanged();
        let consumer = tokio::select! {
            resources = connection.prepared() => resources.consumer,
            () = unwanted.cancelled() => return Ok(None),
        };
        // A place of its own for each request, so that the answer to an earlier one, which came too
        // late, is not mistaken for that to this one.
        let client = connection.client();
        let inbox = async_nats::Subject::from(client.new_inbox());
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
                        connection.suspect();
                        sleep(REFUSED_PAUSE).await;
                    }
                }
            }
            () = unwanted.cancelled() => {
                give_back_what_comes(connection, answers).await;
                return Ok(None);
            }
            // The server that knew of the request may be gone.
            _ = connected.changed() => give_back_what_comes(connection, answers).await,
            () = sleep(LOST_AFTER) => give_back_what_comes(connection, answers).await,
        }
    }
}

/// Ends the request. The server may have answered it already, and would wait for the agent.
async fn give_back_what_comes(connection: &Connection, mut answers: Subscriber) {
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
