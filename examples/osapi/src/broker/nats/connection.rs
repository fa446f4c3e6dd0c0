//! The connection to the server: made in the background, and made again whenever it is lost.

use std::{
    fmt::Display,
    future::{Ready, ready},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::{
    Client, ClientError, ConnectError, Event,
    connection::State,
    jetstream::{Context, ContextBuilder},
};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use super::{resources::Resources, room::StoreRoom, servers::NatsServers};
use crate::broker::error::BrokerError;

/// How long the server may take to answer a request.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// The pause between two tries to connect doubles from the shortest to the longest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The connection counts as lost after two intervals without an answer.
const PING_INTERVAL: Duration = Duration::from_secs(5);
/// The pause before the resources of a server are checked.
const CHECK_PAUSE: Duration = Duration::from_secs(1);
/// The pause before a server whose JetStream is not ready is asked again.
const PREPARE_PAUSE: Duration = Duration::from_millis(500);

/// A connection, with the resources of osapi on the server.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client,
    context: Context,
    /// The servers, without the credentials in their URLs.
    servers: String,
    problem: LatestProblem,
    connected: watch::Receiver<u64>,
    resources: watch::Receiver<Option<Resources>>,
    check_requested: Arc<Notify>,
    room: StoreRoom,
    _preparation: AbortOnDropHandle<()>,
    _probe: AbortOnDropHandle<()>,
}

/// The latest problem with the connection or the server; `None` after a success.
#[derive(Clone, Debug, Default)]
struct LatestProblem(Arc<Mutex<Option<String>>>);

impl Connection {
    /// Begins to connect and returns at once, whether a server answers or not.
    pub(super) async fn open(servers: NatsServers, name: &str) -> Result<Self, ConnectError> {
        let shown = servers.to_string();
        let (options, addresses) = servers.connect_options();
        let problem = LatestProblem::default();
        let (connects, connected) = watch::channel(0);
        let client = options
            .name(name)
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(pause)
            .request_timeout(Some(REQUEST_LIMIT))
            .ping_interval(PING_INTERVAL)
            .event_callback(event_callback(shown.clone(), problem.clone(), connects))
            .connect(addresses)
            .await?;
        let context = ContextBuilder::new().timeout(REQUEST_LIMIT).build(client.clone());
        let (prepared, resources) = watch::channel(None);
        let room = StoreRoom::new();
        let probe = tokio::spawn(room.clone().probe(resources.clone()));
        let check_requested = Arc::<Notify>::default();
        let preparation = Preparation {
            context: context.clone(),
            connected: connected.clone(),
            check_requested: Arc::clone(&check_requested),
            problem: problem.clone(),
            prepared,
            room: room.clone(),
        };
        Ok(Self {
            client,
            context,
            servers: shown,
            problem,
            connected,
            resources,
            check_requested,
            room,
            _preparation: AbortOnDropHandle::new(tokio::spawn(preparation.run())),
            _probe: AbortOnDropHandle::new(probe),
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

    /// The resources on the server, if there is a connection and they are prepared.
    pub(super) fn resources(&self) -> Result<Resources, BrokerError> {
        if self.client.connection_state() != State::Connected {
            return Err(self.error(self.problem.get().as_deref().unwrap_or("not connected")));
        }
        let resources = self.resources.borrow().clone();
        resources.ok_or_else(|| {
            self.error(self.problem.get().as_deref().unwrap_or("the queue is being prepared"))
        })
    }

    /// As [`resources`](Self::resources), but waits until they are prepared.
    pub(super) async fn prepared(&self) -> Resources {
        let mut resources = self.resources.clone();
        loop {
            if let Ok(resources) = self.resources() {
                return resources;
            }
            let mut connected = self.connected();
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
    pub(super) fn away(&self, problem: impl Display) -> BrokerError {
        self.request_check();
        self.error(problem)
    }

    /// Requests that the resources on the server are checked, and prepared again if they are gone.
    pub(super) fn request_check(&self) {
        if self.client.connection_state() == State::Connected {
            self.check_requested.notify_one();
        }
    }

    /// Whether the store of the server has room.
    pub(super) fn room(&self) -> &StoreRoom {
        &self.room
    }

    /// The error for a call that would have to write, while the store of the server is full.
    pub(super) fn check_room(&self) -> Result<(), BrokerError> {
        self.room.full().map_or(Ok(()), |reason| Err(self.store_full(&reason)))
    }

    /// The error for a write that the server has refused because its store is full.
    pub(super) fn store_full(&self, reason: &str) -> BrokerError {
        BrokerError::StoreFull { reason: format!("NATS at {}: {reason}", self.servers) }
    }

    fn error(&self, problem: impl Display) -> BrokerError {
        BrokerError::Away { reason: format!("NATS at {}: {problem}", self.servers) }
    }
}

impl LatestProblem {
    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the problem. Returns whether the new one is different.
    fn set(&self, problem: Option<String>) -> bool {
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = *latest != problem;
        *latest = problem;
        is_new
    }
}

/// Logs the events of the connection: each change once, not each try.
fn event_callback(
    servers: String,
    problem: LatestProblem,
    connects: watch::Sender<u64>,
) -> impl Fn(Event) -> Ready<()> + Send + Sync + 'static {
    move |event| {
        match event {
            Event::Connected => {
                problem.set(None);
                connects.send_modify(|times| *times += 1);
                info!(servers, "connected to NATS");
            }
            Event::Disconnected => {
                problem.set(Some("the connection was lost".to_owned()));
                warn!(servers, "the connection to NATS was lost; trying again");
            }
            Event::ClientError(ClientError::Other(error)) => {
                if problem.set(Some(error.clone())) {
                    warn!(servers, error, "cannot connect to NATS; trying again");
                }
            }
            event => warn!(servers, %event, "NATS"),
        }
        ready(())
    }
}

/// The task that prepares the resources on the server: after each connect, because the server may
/// be another one or may have lost its data, and whenever a check is requested.
struct Preparation {
    context: Context,
    connected: watch::Receiver<u64>,
    check_requested: Arc<Notify>,
    problem: LatestProblem,
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
            }
            while let Err(error) = self.prepare().await {
                let error = format!("JetStream is not ready: {error}");
                self.prepared.send_replace(None);
                if self.problem.set(Some(error.clone())) {
                    warn!(error, "the queue cannot be prepared; trying again");
                }
                sleep(PREPARE_PAUSE).await;
            }
        }
    }

    async fn prepare(&self) -> Result<(), async_nats::Error> {
        let resources = Resources::prepare(&self.context, &self.room).await?;
        self.problem.set(None);
        self.prepared.send_replace(Some(resources));
        Ok(())
    }
}

/// The pause before the given try to connect.
fn pause(attempt: usize) -> Duration {
    let doubled = u32::try_from(attempt).unwrap_or(u32::MAX).min(16);
    SHORTEST_PAUSE.saturating_mul(1 << doubled).min(LONGEST_PAUSE)
}
