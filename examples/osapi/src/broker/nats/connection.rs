//! The connection to the server: made in the background, and made again whenever it is lost.

use std::{error::Error, future::ready, sync::Arc, time::Duration};

use async_nats::{
    Client, ClientError, ConnectError, Event, Server,
    connection::State,
    jetstream::{Context, ContextBuilder},
};
use futures_util::future::join_all;
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;

use super::{
    backoff::Backoff,
    health::{ServerHealth, said_once},
    problem::Problem,
    resources::{PULL_SUBJECT, Resources},
    rights::{self, publish_to, refused_by},
    room::StoreRoom,
    servers::NatsServers,
};
use crate::broker::error::BrokerError;

/// How long the server may take to answer a request.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// The connection counts as lost after two intervals without an answer.
const PING_INTERVAL: Duration = Duration::from_secs(5);
/// The pause before the resources of a server are checked.
const CHECK_PAUSE: Duration = Duration::from_secs(1);
/// The pause before a server whose JetStream is not ready is asked again.
pub(super) const PREPARE_PAUSE: Duration = Duration::from_millis(500);

/// A connection, with the resources of osapi on the server.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client,
    context: Context,
    health: ServerHealth,
    connected: watch::Receiver<u64>,
    resources: watch::Receiver<Option<Resources>>,
    check_requested: Arc<Notify>,
    room: StoreRoom,
    _tasks: [AbortOnDropHandle<()>; 3],
}

impl Connection {
    /// Begins to connect and returns at once, whether a server answers or not.
    pub(super) async fn open(servers: NatsServers, name: &str) -> Result<Self, ConnectError> {
        let health = ServerHealth::new(servers.to_string());
        let (options, addresses) = servers.connect_options();
        let (connects, connected) = watch::channel(0);
        let backoff = Backoff::default();
        let (of_events, of_tries) = (health.clone(), health.clone());
        let pauses = backoff.clone();
        let client = options
            .name(name)
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(move |_| pauses.pause())
            // The server is left to the client, which calls this before each try.
            .reconnect_to_server_callback(move |servers, _| {
                let health = of_tries.clone();
                async move {
                    note_failures(&servers, &health).await;
                    None
                }
            })
            .request_timeout(Some(REQUEST_LIMIT))
            .ping_interval(PING_INTERVAL)
            .event_callback(move |event| {
                if matches!(event, Event::Connected) {
                    backoff.connected();
                }
                note_event(&event, &of_events);
                if matches!(event, Event::Connected) {
                    connects.send_modify(|times| *times += 1);
                }
                ready(())
            })
            .connect(addresses)
            .await?;
        let context = ContextBuilder::new().timeout(REQUEST_LIMIT).build(client.clone());
        let (prepared, resources) = watch::channel(None);
        let room = StoreRoom::new();
        let check_requested = Arc::<Notify>::default();
        let preparation = Preparation {
            context: context.clone(),
            connected: connected.clone(),
            check_requested: Arc::clone(&check_requested),
            health: health.clone(),
            prepared,
            room: room.clone(),
        };
        let probe = room.clone().probe(
            context.clone(),
            resources.clone(),
            health.clone(),
            Arc::clone(&check_requested),
        );
        let tasks = [
            tokio::spawn(preparation.run()),
            tokio::spawn(probe),
            tokio::spawn(rights::watch(client.clone(), health.clone())),
        ];
        Ok(Self {
            client,
            context,
            health,
            connected,
            resources,
            check_requested,
            room,
            _tasks: tasks.map(AbortOnDropHandle::new),
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// A number that changes with each connection that is made.
    pub(super) fn connected(&self) -> watch::Receiver<u64> {
        self.connected.clone()
    }

    /// What is known of the server.
    pub(super) fn health(&self) -> &ServerHealth {
        &self.health
    }

    /// The resources on the server, if there is a connection and they are prepared.
    pub(super) fn resources(&self) -> Result<Resources, BrokerError> {
        if !self.health.is_prepared() {
            self.check_health()?;
        }
        let beginning = |reason| self.error(Problem::beginning(reason));
        if self.client.connection_state() != State::Connected {
            return Err(beginning("not connected"));
        }
        let resources = self.resources.borrow().clone();
        resources.ok_or_else(|| beginning("the queue is being prepared"))
    }

    /// The error for a call that needs all that osapi needs of the server.
    pub(super) fn check_health(&self) -> Result<(), BrokerError> {
        self.health.problem().map_or(Ok(()), |problem| Err(self.error(problem)))
    }

    /// As [`resources`](Self::resources), but waits until they are prepared, and until the server
    /// lets osapi do what it does with a job.
    pub(super) async fn prepared(&self) -> Resources {
        let mut resources = self.resources.clone();
        // Before the loop: a new clone takes the latest connection for a new one each time.
        let mut connected = self.connected();
        loop {
            // A request for a job is the only try of this right.
            let refuses = self.health.refuses_other_than(&publish_to(PULL_SUBJECT));
            if !refuses && let Ok(resources) = self.resources() {
                return resources;
            }
            tokio::select! {
                _ = resources.changed() => {}
                _ = connected.changed() => {}
                // The client may be connected again before its event arrives.
                () = sleep(PREPARE_PAUSE) => {}
            }
        }
    }

    /// The error for a call that the server did not answer as it should. Requests a check, because
    /// the resources may be gone.
    pub(super) fn failed(&self, error: &(dyn Error + 'static)) -> BrokerError {
        self.request_check();
        // What is known of the server says more than that it has not answered.
        self.error(self.health.problem().unwrap_or_else(|| Problem::of(error)))
    }

    /// Requests that the resources on the server are checked, and prepared again if they are gone.
    pub(super) fn request_check(&self) {
        if self.client.connection_state() == State::Connected {
            self.check_requested.notify_one();
        }
    }

    /// Whether the store of the server takes messages.
    pub(super) fn room(&self) -> &StoreRoom {
        &self.room
    }

    /// The error for a call that would have to write, while the store of the server takes nothing.
    pub(super) fn check_room(&self) -> Result<(), BrokerError> {
        self.room.refusal().map_or(Ok(()), |reason| Err(self.store_full(&reason)))
    }

    /// The error for a write that the server has refused because its store takes nothing.
    pub(super) fn store_full(&self, reason: &str) -> BrokerError {
        BrokerError::StoreFull { reason: format!("NATS at {}: {reason}", self.health.servers()) }
    }

    fn error(&self, problem: Problem) -> BrokerError {
        problem.into_error(self.health.servers())
    }
}

/// Notes why the client could connect to none of the servers. Its event has only the kind of the
/// error.
async fn note_failures(servers: &[Server], health: &ServerHealth) {
    let failures = servers.iter().map(async |server| {
        // The client does not keep this error.
        let unknown = server.addr.socket_addrs().await.err();
        let unknown = unknown.map(|error| format!("DNS error: {error}"));
        let failure = unknown.or_else(|| server.last_error.clone())?;
        let failure = said_once(&failure);
        Some(match servers {
            [_] => failure.to_owned(),
            _ => format!("{}: {failure}", server.addr.host()),
        })
    });
    let failures: Vec<_> = join_all(failures).await.into_iter().flatten().collect();
    if !failures.is_empty() {
        health.cannot_connect(&failures.join("; "));
    }
}

/// Notes an event of the connection.
fn note_event(event: &Event, health: &ServerHealth) {
    match event {
        Event::Connected => health.connected(),
        Event::Disconnected => health.lost(),
        Event::ServerError(error) => {
            let message = error.to_string();
            health.server_said(message.trim_start_matches("nats: "), refused_by(&message));
        }
        // The failures of each try are noted before the next one.
        Event::ClientError(ClientError::Other(_)) | Event::Draining | Event::Closed => {}
        Event::LameDuckMode => health.about_to_stop(),
        event => debug!(%event, "NATS"),
    }
}

/// The task that prepares the resources on the server: after each connect, because the server may
/// be another one or may have lost its data, whenever a check is requested, and at intervals.
struct Preparation {
    context: Context,
    connected: watch::Receiver<u64>,
    check_requested: Arc<Notify>,
    health: ServerHealth,
    prepared: watch::Sender<Option<Resources>>,
    room: StoreRoom,
}

impl Preparation {
    async fn run(mut self) {
        loop {
            tokio::select! {
                connected = self.connected.changed() => if connected.is_err() { return },
                // A server that is still removing a stream makes a broken one in its place.
                () = self.check_requested.notified() => sleep(CHECK_PAUSE).await,
                // Somebody may have changed them, and no call fails where the jobs only wait.
                () = sleep(rights::PAUSE) => {}
            }
            while let Err(problem) = self.prepare().await {
                self.prepared.send_replace(None);
                // Such a server does not answer at all, if it has been switched off while it ran.
                let is_off = !self.context.client().server_info().jetstream;
                self.health.unprepared(if is_off { Problem::without_jetstream() } else { problem });
                sleep(PREPARE_PAUSE).await;
            }
        }
    }

    async fn prepare(&self) -> Result<(), Problem> {
        let resources = Resources::prepare(&self.context, &self.room, &self.health).await?;
        // Before the tasks that wait for the resources are woken.
        self.health.prepared();
        self.prepared.send_replace(Some(resources));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, pin::pin};

    use osapi_metrics_tests::servers;
    use tokio::time::timeout;

    use super::*;

    /// The workers of an agent wait for this, for as long as somebody takes to mend the server.
    #[tokio::test]
    async fn the_wait_for_a_server_that_cannot_be_used_costs_nothing() {
        let Some(server) = servers::nats_with(&["--jetstream=false"]) else { return };
        let servers = server.url().parse().expect("a URL");
        let connection = Connection::open(servers, "test").await.expect("one server");
        let mut connected = connection.connected();
        let connected = timeout(Duration::from_secs(30), connected.changed()).await;
        connected.expect("in time").expect("connected");
        let mut prepared = pin!(connection.prepared());
        let mut polls = 0_u32;
        let waiting = poll_fn(|context| {
            polls += 1;
            prepared.as_mut().poll(context)
        });
        assert!(timeout(PREPARE_PAUSE * 3, waiting).await.is_err(), "there is no JetStream");
        assert!(polls < 100, "{polls}");
    }
}
