//! How the API knows which agents are there: each says so at intervals, and when it leaves.

use std::time::Duration;

use async_nats::Client;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;
use uuid::Uuid;

use super::{connection::Connection, resources::AGENTS_SUBJECT};
use crate::fleet::Fleet;

/// The time between two heartbeats of an agent.
pub const INTERVAL: Duration = Duration::from_secs(2);
/// How long the word that an agent leaves may take.
const LEAVE_LIMIT: Duration = Duration::from_secs(1);

/// What an agent says.
#[derive(Debug, Deserialize, Serialize)]
struct Heartbeat {
    agent: String,
    /// Tells two processes of the same name apart.
    instance: Uuid,
    leaving: bool,
}

/// An agent that says at intervals that it is there. Dropped without [`leave`](Self::leave), it
/// falls silent, as an agent that dies.
#[derive(Debug)]
pub struct Heartbeats {
    client: Client,
    agent: String,
    instance: Uuid,
    beating: AbortOnDropHandle<()>,
}

impl Heartbeats {
    pub(super) fn start(connection: &Connection, agent: &str) -> Self {
        let client = connection.client().clone();
        let (agent, instance) = (agent.to_owned(), Uuid::now_v7());
        let beating = beat(client.clone(), connection.connected(), agent.clone(), instance);
        let beating = AbortOnDropHandle::new(tokio::spawn(beating));
        Self { client, agent, instance, beating }
    }

    /// Says that the agent takes no more jobs, at most for a second or `limit`.
    pub async fn leave(self, limit: Duration) {
        let Self { client, agent, instance, beating } = self;
        drop(beating);
        let leaving = async {
            say(&client, Heartbeat { agent, instance, leaving: true }).await;
            client.flush().await
        };
        if !matches!(timeout(LEAVE_LIMIT.min(limit), leaving).await, Ok(Ok(()))) {
            debug!("nobody was told that the agent leaves; they will notice");
        }
    }
}

/// Says it at intervals, and as soon as there is a connection.
async fn beat(client: Client, mut connected: watch::Receiver<u64>, agent: String, instance: Uuid) {
    let mut beats = interval(INTERVAL);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = beats.tick() => {}
            Ok(()) = connected.changed() => beats.reset(),
        }
        say(&client, Heartbeat { agent: agent.clone(), instance, leaving: false }).await;
    }
}

async fn say(client: &Client, heartbeat: Heartbeat) {
    // A heartbeat that waits for the connection is old news when it arrives.
    if client.connection_state() != async_nats::connection::State::Connected {
        return;
    }
    let Ok(payload) = serde_json::to_vec(&heartbeat) else { return };
    if let Err(error) = client.publish(AGENTS_SUBJECT, payload.into()).await {
        debug!(%error, "a heartbeat was not sent");
    }
}

/// Tells `fleet` of every heartbeat, until the client is closed.
pub(super) async fn listen(client: Client, fleet: Fleet) {
    let mut heartbeats = match client.subscribe(AGENTS_SUBJECT).await {
        Ok(heartbeats) => heartbeats,
        Err(error) => {
            debug!(%error, "heartbeats are not listened to");
            return;
        }
    };
    while let Some(message) = heartbeats.next().await {
        match serde_json::from_slice(&message.payload) {
            Ok(Heartbeat { instance, leaving: true, .. }) => fleet.left(instance),
            Ok(Heartbeat { instance, agent, .. }) => fleet.seen(instance, agent),
            Err(error) => debug!(%error, "a heartbeat is not what this version sends"),
        }
    }
}
