//! The one connection that messages come in on: events of jobs, and wake-ups for claims that wait.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use redis::{
    RedisError, RedisResult,
    aio::{PubSubSink, PubSubStream},
};
use tokio::{
    sync::{broadcast, watch},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    super::{
        class::JobClass,
        error::{QueueError, Refusal},
        event::JobEvent,
    },
    PREFIX,
    connection::CONNECTION_TIMEOUT,
    server::{RedisServer, error_text, refusal},
    wire::read_class,
};

/// The time between two attempts to subscribe.
const RETRY_INTERVAL: Duration = Duration::from_millis(200);

/// The time between two questions whether the server is still there.
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// Why a claim that waits should look again.
#[derive(Clone, Debug)]
pub(super) enum WakeUp {
    /// There is a job of this class.
    Class(Arc<JobClass>),
    /// Messages may have been missed.
    All,
}

/// Where messages go.
#[derive(Clone, Debug)]
pub(super) struct Channels {
    pub(super) events: broadcast::Sender<JobEvent>,
    pub(super) wake_ups: broadcast::Sender<WakeUp>,
    pub(super) subscription: watch::Sender<Subscription>,
}

/// Whether messages come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subscription {
    /// They do.
    Here,
    /// They do not, or not yet; the next attempt may succeed. The reason of the last one.
    Away(String),
    /// The user of the server may not subscribe.
    Refused(QueueError),
}

/// Subscribes to the channels for ever.
pub(super) async fn subscribe(server: RedisServer, channels: Channels) {
    loop {
        let reason = match timeout(CONNECTION_TIMEOUT, open(&server)).await {
            Ok(Ok((sink, stream))) => {
                channels.subscription.send_replace(Subscription::Here);
                // An error says that nobody listens.
                let _ = channels.wake_ups.send(WakeUp::All);
                forward(sink, stream, &channels).await
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Ok(Ended::Silent),
        };
        channels.subscription.send_replace(match reason {
            Ok(Ended::Closed) => Subscription::Away("it has closed the connection".to_owned()),
            Ok(Ended::Silent) => Subscription::Away("it does not answer in time".to_owned()),
            Err(error) => {
                refused(&server, &error).unwrap_or_else(|| Subscription::Away(error_text(&error)))
            }
        });
        sleep(RETRY_INTERVAL).await;
    }
}

/// How a connection has ended without an error.
enum Ended {
    Closed,
    Silent,
}

/// Other refusals are those of every call.
fn refused(server: &RedisServer, error: &RedisError) -> Option<Subscription> {
    let refusal = refusal(error).filter(|refusal| *refusal == Refusal::Login)?;
    let reason = format!("Redis at {server}: {}", error_text(error));
    Some(Subscription::Refused(QueueError::Refused { refusal, reason }))
}

async fn open(server: &RedisServer) -> RedisResult<(PubSubSink, PubSubStream)> {
    let (mut sink, stream) = server.client.get_async_pubsub().await?.split();
    sink.subscribe(&[format!("{PREFIX}events"), format!("{PREFIX}wake")]).await?;
    Ok((sink, stream))
}

/// Forwards messages until the connection ends or the server does not answer.
async fn forward(
    mut sink: PubSubSink,
    mut stream: PubSubStream,
    channels: &Channels,
) -> RedisResult<Ended> {
    let mut pings = interval(PING_INTERVAL);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = stream.next() => {
                let Some(message) = message else { return Ok(Ended::Closed) };
                let payload = message.get_payload_bytes();
                if message.get_channel_name().ends_with(":events") {
                    if let Ok(event) = serde_json::from_slice(payload) {
                        let _ = channels.events.send(event);
                    }
                } else if let Some(class) = str::from_utf8(payload).ok().and_then(read_class) {
                    let _ = channels.wake_ups.send(WakeUp::Class(Arc::new(class)));
                }
            }
            _ = pings.tick() => {
                match timeout(CONNECTION_TIMEOUT, sink.ping::<redis::Value>()).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => return Err(error),
                    Err(_) => return Ok(Ended::Silent),
                }
            }
        }
    }
}
