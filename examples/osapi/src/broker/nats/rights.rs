//! The rights that osapi needs on the server, and how it notices that one is refused.
//!
//! A server refuses a right with a message of its own, which is no answer to what was sent. It says
//! nothing where the right is granted. So a right that is used rarely is tried at intervals, and
//! counts as refused until no message was seen for a while.

use std::time::Duration;

use async_nats::{
    Client, Message,
    jetstream::{ErrorCode, context::PublishErrorKind, message::PublishMessage},
};
use futures_util::StreamExt;
use osapi_metrics_rules::excerpt::Excerpt;
use tokio::time::sleep;
use tracing::debug;

use super::{
    connection::{Connection, PREPARE_PAUSE},
    health::ServerHealth,
    problem::answer,
    resources::{ACK_PROBE_SUBJECT, FINISHED_SUBJECT, QUEUE_PROBE_SUBJECT},
};

/// The pause between two tries of a right.
pub(super) const PAUSE: Duration = Duration::from_secs(10);

/// The subjects that differ from message to message, each with the pattern that covers all.
const PATTERNS: [(&str, &str); 5] = [
    ("_INBOX.", "_INBOX.>"),
    ("$JS.ACK.", "$JS.ACK.>"),
    ("$JS.API.DIRECT.GET.", "$JS.API.DIRECT.GET.>"),
    ("$KV.osapi-records.", "$KV.osapi-records.*"),
    ("osapi.jobs.", "osapi.jobs.*"),
];

/// The right that a message of the server refuses, such as ``publish to `osapi.agents` ``.
pub(super) fn refused_by(message: &str) -> Option<String> {
    let (_, refused) = message.split_once("Permissions Violation for ")?;
    let mut parts = refused.split('"');
    let (verb, subject) = (parts.next()?, parts.next()?);
    let right = if verb.starts_with("Publish") { publish_to } else { subscribe_to };
    Some(right(subject))
}

/// The right to publish to a subject.
pub(super) fn publish_to(subject: &str) -> String {
    format!("publish to `{}`", pattern(subject))
}

/// The right to subscribe to a subject.
pub(super) fn subscribe_to(subject: &str) -> String {
    format!("subscribe to `{}`", pattern(subject))
}

fn pattern(subject: &str) -> String {
    let pattern = PATTERNS.iter().find(|(prefix, _)| subject.starts_with(prefix));
    pattern.map_or_else(|| Excerpt::of(subject).to_string(), |(_, all)| (*all).to_owned())
}

/// Passes each message on a subject to `take`, until the client is closed. While the server refuses
/// the subscription, it is made again at intervals.
pub(super) async fn listen(
    client: Client,
    health: ServerHealth,
    subject: &'static str,
    mut take: impl FnMut(Message) + Send,
) {
    let right = subscribe_to(subject);
    loop {
        let mut messages = match client.subscribe(subject).await {
            Ok(messages) => messages,
            Err(error) => {
                debug!(subject, %error, "cannot listen");
                return;
            }
        };
        loop {
            let refused = async {
                health.refused(&right).await;
                sleep(PAUSE).await;
            };
            tokio::select! {
                message = messages.next() => match message {
                    Some(message) => take(message),
                    None => return,
                },
                () = refused => break,
            }
        }
    }
}

/// Uses the rights of an agent that it may not use for long otherwise. Nobody takes the messages.
pub(super) async fn try_rights_of_agent(client: &Client) {
    for subject in [FINISHED_SUBJECT, ACK_PROBE_SUBJECT] {
        if let Err(error) = client.publish(subject, Vec::new().into()).await {
            debug!(subject, %error, "a right was not tried");
        }
    }
}

/// Uses the right of an API to publish jobs at intervals, for as long as the future is polled.
pub(super) async fn try_rights_of_api(connection: &Connection) {
    let right = publish_to(QUEUE_PROBE_SUBJECT);
    loop {
        let is_prepared = connection.health().is_prepared();
        if is_prepared {
            // The queue refuses a message for another stream, after it has received it.
            let message = PublishMessage::build().expected_stream("none");
            let context = connection.context();
            let published = match context.send_publish(QUEUE_PROBE_SUBJECT, message).await {
                Ok(acknowledgement) => acknowledgement.await,
                Err(error) => Err(error),
            };
            match published {
                Err(error)
                    if answer(&error)
                        .is_some_and(|it| it.error_code() == ErrorCode::STREAM_NOT_MATCH) =>
                {
                    connection.health().granted(&right);
                }
                // Another stream, or none, takes the jobs.
                Err(error) if error.kind() == PublishErrorKind::StreamNotFound => {
                    connection.request_check();
                }
                published => debug!(?published, "the queue has not answered as it should"),
            }
        }
        sleep(if is_prepared { PAUSE } else { PREPARE_PAUSE }).await;
    }
}

/// Watches the refused rights for as long as the future is polled.
pub(super) async fn watch(client: Client, health: ServerHealth) {
    let inbox = subscribe_to("_INBOX.");
    loop {
        sleep(PAUSE / 5).await;
        let expired = health.expire();
        if expired.contains(&inbox) {
            // The client has its inbox for answers as long as a connection.
            if let Err(error) = client.force_reconnect().await {
                debug!(%error, "the connection is not made again");
            }
        } else if health.is_refused(&inbox) {
            // Ends at once, and the server refuses it as it refused the client's own inbox.
            drop(client.subscribe(client.new_inbox()).await);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_refused_right_is_named_by_its_pattern() {
        for (message, right) in [
            (
                r#"Permissions Violation for Publish to "$KV.osapi-records.probe""#,
                "publish to `$KV.osapi-records.*`",
            ),
            (r#"Permissions Violation for Publish to "osapi.agents""#, "publish to `osapi.agents`"),
            (
                r#"Permissions Violation for Subscription to "_INBOX.a.*""#,
                "subscribe to `_INBOX.>`",
            ),
            (
                r#"Permissions Violation for Subscription to "a.b" using queue "q""#,
                "subscribe to `a.b`",
            ),
            (
                r#"Permissions Violation for Publish with Reply of "_INBOX.1""#,
                "publish to `_INBOX.>`",
            ),
        ] {
            assert_eq!(refused_by(message).as_deref(), Some(right), "{message}");
        }
        for other in ["Stale Connection", "Permissions Violation for Publish to "] {
            assert_eq!(refused_by(other), None, "{other}");
        }
        let long = format!("Permissions Violation for Publish to \"{}\n\"", "x".repeat(9_999));
        assert!(refused_by(&long).expect("a right").len() < 200);
    }
}
