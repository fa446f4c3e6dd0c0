//! A process of the service: everything in one, an API server, or an agent.

mod listener;
mod parts;

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use osapi_metrics::{Metrics, MetricsConfig};
use tokio::task::spawn_blocking;
use tracing::{info, warn};

use crate::{
    agent::{Agent, AgentOptions},
    broker::{Broker, BrokerError, nats::NatsServers},
};
use listener::Listener;
use parts::{Parts, Presence};

/// What [`App::stop`] keeps for the time when the jobs have ended: to give back what was not finished,
/// to answer open requests, and to export the metrics a last time.
const CLOSING_TIME: Duration = Duration::from_secs(2);
/// The last export is tried even where no time is left.
const LAST_EXPORT: Duration = Duration::from_millis(100);

/// How to run a process of the service.
#[derive(Debug)]
pub struct AppOptions {
    /// Which parts it has.
    pub role: Role,
    /// The configuration of the metrics; the environment is not asked any more. An agent process
    /// serves them where this says.
    pub metrics: MetricsConfig,
}

/// The parts of the service that a process has.
#[derive(Debug)]
pub enum Role {
    /// The API, one agent, and a queue between them that ends with the process.
    Everything {
        /// Where the API listens; port 0 takes a free port.
        listen: SocketAddr,
        /// How the agent works.
        agent: AgentOptions,
    },
    /// The API.
    Api {
        /// Where it listens; port 0 takes a free port.
        listen: SocketAddr,
        /// The NATS servers.
        nats: NatsServers,
    },
    /// One agent.
    Agent {
        /// How it works.
        agent: AgentOptions,
        /// The NATS servers.
        nats: NatsServers,
    },
}

/// A running process of the service.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::time::Duration;
/// use osapi::agent::AgentOptions;
/// use osapi::app::{App, AppOptions, Role};
/// use osapi_metrics::MetricsConfig;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut metrics = MetricsConfig::default();
/// metrics.enabled = true;
/// let app = App::start(AppOptions {
///     role: Role::Everything {
///         listen: "127.0.0.1:0".parse()?,
///         agent: AgentOptions { name: "agent-1".into(), concurrency: NonZeroUsize::MIN },
///     },
///     metrics,
/// })
/// .await?;
/// assert_ne!(app.address().port(), 0);
/// app.stop(Duration::from_secs(10)).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct App {
    address: SocketAddr,
    broker: Arc<dyn Broker>,
    agent: Option<Agent>,
    presence: Presence,
    /// The API's; an agent's endpoint is a part of the metrics.
    listener: Option<Listener>,
    metrics: Metrics,
}

impl App {
    /// Starts every part. When this returns, the process answers over HTTP.
    ///
    /// A NATS server that is away is waited for: until then `/health/ready` answers 503.
    ///
    /// # Errors
    /// The address cannot be listened on, or the metrics cannot be set up as configured.
    pub async fn start(options: AppOptions) -> Result<Self, StartError> {
        Parts::prepare(options).await?.start().await
    }

    /// Where the process listens: the API, or an agent's metrics.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the process has the API.
    pub fn has_api(&self) -> bool {
        self.listener.is_some()
    }

    /// The path of the metrics on the process's address.
    ///
    /// # Errors
    /// Why there are none.
    pub fn metrics_path(&self) -> Result<&str, &'static str> {
        let config = self.metrics.config();
        if !config.enabled {
            Err("disabled by the configuration or the environment")
        } else if config.prometheus {
            Ok(&config.path)
        } else {
            Err("not served to Prometheus, as the configuration or the environment says")
        }
    }

    /// The agent's name, if the process has one.
    pub fn agent_name(&self) -> Option<&str> {
        self.agent.as_ref().map(Agent::name)
    }

    /// Whether the process can take or run jobs now.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn ready(&self) -> Result<(), BrokerError> {
        self.broker.ready()
    }

    /// Stops taking work, lets running jobs finish, answers who waits for them, and exports the
    /// metrics a last time.
    ///
    /// A job that still runs two seconds before `grace` is over goes back, and another agent runs
    /// it; where the queue ends with the process, it is cancelled.
    ///
    /// A collector that does not answer is logged: it has no part in whether the service stopped
    /// cleanly.
    pub async fn stop(mut self, grace: Duration) {
        let end = Instant::now() + grace;
        let left = || end.saturating_duration_since(Instant::now());
        let cancelled = self.broker.close();
        info!(cancelled, "stopping: no more jobs are taken");
        self.presence.leave(left() / 2).await;
        if let Some(agent) = self.agent {
            agent.stop(left().saturating_sub(CLOSING_TIME)).await;
        }
        self.broker.settle(left().min(CLOSING_TIME) / 2).await;
        if let Some(listener) = self.listener {
            // Where the jobs have ended here, whoever waits for one has its end now, and only a
            // slow client still holds a connection.
            listener.stop(left().min(CLOSING_TIME) / 2).await;
        }
        let metrics = self.metrics;
        let limit = left().max(LAST_EXPORT);
        // It blocks its thread until a collector has answered or the time is up.
        let exported = spawn_blocking(move || metrics.shutdown_within(limit)).await;
        if let Ok(Err(error)) = exported {
            warn!(%error, "the last export of the metrics failed");
        }
        info!("stopped");
    }
}

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, not this machine's, or not allowed.
    #[error(
        "cannot listen on {address}: {cause}; give another address with --listen, or port 0 for any \
         free one"
    )]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// The metrics would hide a part of the API.
    #[error("telemetry.metrics.path: `{path}` is where jobs are submitted; choose another path")]
    MetricsPath {
        /// The path that was configured.
        path: String,
    },
    /// The metrics could not be set up.
    #[error("cannot set up the metrics: {0}")]
    Metrics(#[from] osapi_metrics::InstallError),
    /// The metrics of an agent could not be served.
    #[error(transparent)]
    Serve(osapi_metrics::ServeError),
    /// The URLs of the NATS servers do not fit together.
    #[error("cannot connect to NATS: {0}")]
    Nats(#[from] async_nats::ConnectError),
}
