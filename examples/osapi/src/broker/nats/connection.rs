//! The connection to the server: made in the background, remade whenever it is lost.

use std::{
    fmt::Display,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_nats::{
    Client, ClientError, Event,
    connection::State,
    jetstream::{Context, ContextBuilder},
};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use super::{resources::Resources, servers::NatsServers};
use crate::broker::BrokerError;

/// How long the server may take to answer a request.
const REQUEST_LIMIT: Duration = Duration::from_secs(5);
/// The pauses between two tries to connect double from the one to the other.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// A server that is silent for two of these is taken for lost.
const PING_INTERVAL: Duration = Duration::from_secs(5);
/// Pause before a server is looked at again on which something seems to be missing.
const SUSPICION_PAUSE: Duration = Duration::from_secs(1);
/// Pause before a server that has no JetStream yet is asked again.
const PREPARE_PAUSE: Duration = Duration::from_millis(500);

/// A connection with what osapi needs on its server.
#[derive(Debug)]
pub(super) struct Connection {
    client: Client,
    context: Context,
    /// The servers, without the credentials in their URLs.
    servers: String,
    problem: Problem,
    connected: watch::Receiver<u64>,
    resources: watch::Receiver<Option<Resources>>,
    /// Asks to prepare the server again.
    suspected: Arc<Notify>,
    _preparing: AbortOnDropHandle<()>,
}

/// What went wrong last.
#[derive(Clone, Debug, Default)]
struct Problem(Arc<Mutex<Option<String>>>);

impl Connection {
    /// Begins to connect and returns at once: a server that is away is waited for.
    pub(super) async fn open(
        servers: NatsServers,
        name: &str,
    ) -> Result<Self, async_nats::ConnectError> {
        let shown = servers.to_string();
        let (options, addresses) = servers.connect_options();
        let problem = Problem::default();
        let (connects, connected) = watch::channel(0);
        let client = options
            .name(name)
            .retry_on_initial_connect()
            .max_reconnects(None)
            .reconnect_delay_callback(pause)
            .request_timeout(Some(REQUEST_LIMIT))
            .ping_interval(PING_INTERVAL)
            .event_callback(note_events(shown.clone(), problem.clone(), connects))
            .connect(addresses)
            .await?;
        let context = ContextBuilder::new().timeout(REQUEST_LIMIT).build(client.clone());
        let (prepared, resources) = watch::channel(None);
        let suspected = Arc::<Notify>::default();
        let preparing = Preparation {
            context: context.clone(),
            connected: connected.clone(),
            suspected: Arc::clone(&suspected),
            problem: problem.clone(),
            prepared,
        };
        Ok(Self {
            client,
            context,
            servers: shown,
            problem,
            connected,
            resources,
            suspected,
            _preparing: AbortOnDropHandle::new(tokio::spawn(preparing.go_on())),
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// Changes with each connection that is made.
    pub(super) fn connected(&self) -> watch::Receiver<u64> {
        self.connected.clone()
    }

    /// What is needed on the server, if it is there now.
    pub(super) fn resources(&self) -> Result<Resources, BrokerError> {
        if self.client.connection_state() != State::Connected {
            return Err(self.without(self.problem.get().as_deref().unwrap_or("not connected")));
        }
        let resources = self.resources.borrow().clone();
        resources.ok_or_else(|| {
            self.without(self.problem.get().as_deref().unwrap_or("the queue is being prepared"))
        })
    }

    /// As [`resources`](Self::resources), but waits until they are there.
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
                // A connection may be back before its event was seen.
                () = sleep(PREPARE_PAUSE) => {}
            }
        }
    }

    /// The error for a call that the server did not answer as it should, and looks at it again: what was
    /// there may be gone.
    pub(super) fn away(&self, problem: impl Display) -> BrokerError {
        self.suspect();
        self.without(problem)
    }

    /// Has the server looked at again.
    pub(super) fn suspect(&self) {
        if self.client.connection_state() == State::Connected {
            self.suspected.notify_one();
        }
    }

    fn without(&self, problem: impl Display) -> BrokerError {
        BrokerError::Away { reason: format!("NATS at {}: {problem}", self.servers) }
    }
}

impl Problem {
    fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes it and says whether it is another one than before.
    fn set(&self, problem: Option<String>) -> bool {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = *noted != problem;
        *noted = problem;
        is_new
    }
}

/// Logs what happens to the connection, once for each change and not for each try.
fn note_events(
    servers: String,
    problem: Problem,
    connects: watch::Sender<u64>,
) -> impl Fn(Event) -> std::future::Ready<()> + Send + Sync + 'static {
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
        std::future::ready(())
    }
}

/// Prepares the server after each connect, as it may be another one or have lost its data, and when
/// something seems to be missing.
struct Preparation {
    context: Context,
    connected: watch::Receiver<u64>,
    suspected: Arc<Notify>,
    problem: Problem,
    prepared: watch::Sender<Option<Resources>>,
}

impl Preparation {
    async fn go_on(mut self) {
        loop {
            tokio::select! {
                connected = self.connected.changed() => if connected.is_err() { return },
                // A server that still removes a stream makes a broken one in its place.
                () = self.suspected.notified() => sleep(SUSPICION_PAUSE).await,
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
        let resources = Resources::prepare(&self.context).await?;
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
