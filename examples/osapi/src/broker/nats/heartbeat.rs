//! The heartbeats of agents, from which an API knows the connected agents.

use std::time::Duration;

use async_nats::{Client, Message, connection::State};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::watch,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;
use uuid::Uuid;

use super::{connection::Connection, health::ServerHealth, resources::AGENTS_SUBJECT, rights};
use crate::fleet::Fleet;

/// The time between two heartbeats of an agent.
pub const INTERVAL: Duration = Duration::from_secs(2);
/// How long the announcement that an agent leaves may take.
const LEAVE_LIMIT: Duration = Duration::from_secs(1);

/// The message of an agent.
#[derive(Debug, Deserialize, Serialize)]
struct Heartbeat {
    agent: String,
    /// Distinguishes two processes with the same name.
    instance: Uuid,
    leaving: bool,
}

/// The heartbeats of one agent. Dropped without [`leave`](Self::leave), they stop without an
/// announcement, as when an agent dies.
#[derive(Debug)]
pub struct Heartbeats {
    client: Client,
    agent: String,
    instance: Uuid,
    task: AbortOnDropHandle<()>,
}

impl Heartbeats {
    pub(super) fn start(connection: &Connection, agent: &str) -> Self {
        let client = connection.client().clone();
        let (agent, instance) = (agent.to_owned(), Uuid::now_v7());
        let beats = beat(client.clone(), connection.connected(), agent.clone(), instance);
        let task = AbortOnDropHandle::new(tokio::spawn(beats));
        Self { client, agent, instance, task }
    }

    /// Announces that the agent takes no more jobs. Takes at most one second, and at most `limit`.
    pub async fn leave(self, limit: Duration) {
        let Self { client, agent, instance, task } = self;
        drop(task);
        let leaving = async {
            send(&client, Heartbeat { agent, instance, leaving: true }).await;
            client.flush().await
        };
        if !matches!(timeout(LEAVE_LIMIT.min(limit), leaving).await, Ok(Ok(()))) {
            debug!("no announcement that the agent leaves; its heartbeats end all the same");
        }
    }
}

/// Sends a heartbeat at intervals, and as soon as there is a connection. Tries the rights of the
/// agent with some of them.
async fn beat(client: Client, mut connected: watch::Receiver<u64>, agent: String, instance: Uuid) {
    let mut beats = interval(INTERVAL);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tried: Option<Instant> = None;
    loop {
        tokio::select! {
            _ = beats.tick() => {}
            Ok(()) = connected.changed() => {
                beats.reset();
                tried = None;
            }
        }
        if client.connection_state() == State::Connected
            && tried.is_none_or(|at| at.elapsed() >= rights::PAUSE)
        {
            tried = Some(Instant::now());
            rights::try_rights_of_agent(&client).await;
        }
        send(&client, Heartbeat { agent: agent.clone(), instance, leaving: false }).await;
    }
}

async fn send(client: &Client, heartbeat: Heartbeat) {
    // The client would keep the heartbeat until it is connected, and then send an old one.
    if client.connection_state() != State::Connected {
        return;
    }
    let Ok(payload) = serde_json::to_vec(&heartbeat) else { return };
    if let Err(error) = client.publish(AGENTS_SUBJECT, payload.into()).await {
        debug!(%error, "a heartbeat was not sent");
    }
}

/// Passes every heartbeat to `fleet`, until the client is closed.
pub(super) async fn listen(client: Client, health: ServerHealth, fleet: Fleet) {
    let take = |message: Message| match serde_json::from_slice(&message.payload) {
        Ok(Heartbeat { instance, leaving: true, .. }) => fleet.remove(instance),
        Ok(Heartbeat { instance, agent, .. }) => fleet.heartbeat(instance, agent),
        Err(error) => debug!(%error, "a heartbeat has another form than this version sends"),
    };
    rights::listen(client, health, AGENTS_SUBJECT, take).await;
}
