//! Publishes a job to the queue.

use async_nats::jetstream::{context::PublishErrorKind, message::PublishMessage};

use super::{
    connection::Connection,
    records::is_too_large,
    resources::{QUEUE_LIMIT, subject},
    room::{StorePart, is_queue_full, no_room},
    wire::StoredJob,
};
use crate::broker::error::BrokerError;

/// A server that restarts may lose its answer. The second try does not queue the job twice, because
/// it has the same message id.
const TRIES: usize = 2;

/// Publishes a job and waits until the server has confirmed it. Of two messages with the same
/// `message_id` the server keeps the first.
pub(super) async fn publish(
    connection: &Connection,
    job: &StoredJob,
    message_id: &str,
) -> Result<(), BrokerError> {
    let payload = serde_json::to_vec(job).map_err(|cause| connection.failed(&cause))?;
    let mut tries = 0;
    loop {
        tries += 1;
        let message =
            PublishMessage::build().payload(payload.clone().into()).message_id(message_id);
        let published = match connection.context().send_publish(subject(job.id), message).await {
            Ok(acknowledgement) => acknowledgement.await,
            Err(error) => Err(error),
        };
        match published {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == PublishErrorKind::TimedOut && tries < TRIES => {}
            Err(error) if is_queue_full(&error) => {
                return Err(BrokerError::QueueFull { limit: QUEUE_LIMIT as usize });
            }
            Err(error) if is_too_large(&error) => return Err(BrokerError::TooLarge),
            Err(error) => match no_room(&error) {
                Some(reason) => {
                    connection.room().refused(StorePart::Queue, &reason, payload.len());
                    return Err(connection.store_full(&reason));
                }
                None => return Err(connection.failed(&error)),
            },
        }
    }
}
