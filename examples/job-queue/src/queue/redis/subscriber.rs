//! The one connection that messages come in on: events of jobs, and wake-ups for claims that wait.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use redis::{
    RedisResult,
    aio::{PubSubSink, PubSubStream},
};
use tokio::{
    sync::{broadcast, watch},
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    super::{class::JobClass, event::JobEvent},
    PREFIX,
    connection::CONNECTION_TIMEOUT,
    server::RedisServer,
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
    pub(super) subscribed: watch::Sender<bool>,
}

/// Subscribes to the channels for ever.
pub(super) async fn subscribe(server: RedisServer, channels: Channels) {
    loop {
        if let Ok(Ok((sink, stream))) = timeout(CONNECTION_TIMEOUT, open(&server)).await {
            channels.subscribed.send_replace(true);
            // An error says that nobody listens.
            let _ = channels.wake_ups.send(WakeUp::All);
            forward(sink, stream, &channels).await;
            channels.subscribed.send_replace(false);
        }
        sleep(RETRY_INTERVAL).await;
    }
}

async fn open(server: &RedisServer) -> RedisResult<(PubSubSink, PubSubStream)> {
    let (mut sink, stream) = server.client.get_async_pubsub().await?.split();
    sink.subscribe(&[format!("{PREFIX}events"), format!("{PREFIX}wake")]).await?;
    Ok((sink, stream))
}

/// Forwards messages until the connection ends or the server does not answer.
async fn forward(mut sink: PubSubSink, mut stream: PubSubStream, channels: &Channels) {
    let mut pings = interval(PING_INTERVAL);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            message = stream.next() => {
                let Some(message) = message else { return };
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
                let pong = timeout(CONNECTION_TIMEOUT, sink.ping::<redis::Value>()).await;
                if !matches!(pong, Ok(Ok(_))) {
                    return;
                }
            }
        }
    }
}
