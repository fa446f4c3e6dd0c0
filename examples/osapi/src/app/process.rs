//! A running process of the service: its start and its stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use osapi_common::{
    grace::GracePeriod,
    metrics::{explorer_path, export_last, scrape_path},
};
use osapi_metrics::{Metrics, http::Server};
use tracing::info;

use super::{error::StartError, options::AppOptions, parts::Parts, presence::Presence};
use crate::{
    agent::Agent,
    api,
    broker::{Broker, BrokerError},
};

/// The part of the grace period that [`App::stop`] keeps for the steps after the jobs: to return
/// unfinished jobs, to answer open requests, and to export the metrics a last time.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// The part of the grace period for the end of the last export and of the process.
const EXIT_TIME: Duration = Duration::from_millis(100);

/// A running process of the service.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::time::Duration;
/// use osapi::agent::AgentOptions;
/// use osapi::app::{App, AppOptions, Role};
/// use osapi_metrics::{config::MetricsConfig, http::ServerLimits};
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
///     limits: ServerLimits::default(),
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
    /// The server of the API. An agent's endpoint is a part of the metrics.
    server: Option<Server>,
    metrics: Metrics,
}

impl App {
    /// Starts every part. When this returns, the process answers over HTTP.
    ///
    /// The start succeeds without a NATS server. `/health/ready` answers 503 until it is connected.
    ///
    /// # Errors
    /// The address cannot be listened on, or the metrics cannot be set up as configured.
    pub async fn start(options: AppOptions) -> Result<Self, StartError> {
        let limits = options.limits;
        let Parts { metrics, listener, broker, agent, presence } = Parts::prepare(options).await?;
        let (address, server) = match listener {
            Some(listener) => {
                let routes = api::router(Arc::clone(&broker), metrics.router_paths())
                    .layer(metrics.http_layer())
                    .merge(metrics.router());
                (listener.address(), Some(listener.serve(routes)))
            }
            None => (metrics.serve_within(limits).await?, None),
        };
        let agent = agent.map(|options| Agent::start(Arc::clone(&broker), options));
        Ok(Self { address, broker, agent, presence, server, metrics })
    }

    /// The address of the process: of the API, or of an agent's metrics.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether the process has the API.
    pub fn has_api(&self) -> bool {
        self.server.is_some()
    }

    /// The path of the metrics on the address of the process.
    ///
    /// # Errors
    /// The reason why no metrics are served.
    pub fn metrics_path(&self) -> Result<&str, &'static str> {
        scrape_path(&self.metrics)
    }

    /// The path of the page for browsers on the address of the process, where there is one.
    pub fn explorer_path(&self) -> Option<String> {
        explorer_path(&self.metrics)
    }

    /// The agent's name, if the process has one.
    pub fn agent_name(&self) -> Option<&str> {
        self.agent.as_ref().map(Agent::name)
    }

    /// Whether the process can take or run jobs now.
    ///
    /// # Errors
    /// The reason why it cannot.
    pub fn ready(&self) -> Result<(), BrokerError> {
        self.broker.ready()
    }

    /// Takes no more jobs, lets running jobs finish, answers the requests that wait for them, and
    /// exports the metrics a last time.
    ///
    /// A job that still runs two seconds before the end of `grace` goes back to the queue, and
    /// another agent runs it. Where the queue ends with the process, the job is cancelled.
    ///
    /// A failure of the last export is logged and has no other effect.
    pub async fn stop(mut self, grace: Duration) {
        let grace = GracePeriod::begin(grace);
        let cancelled = self.broker.close();
        info!(cancelled, "stopping: no more jobs are taken");
        self.presence.leave(grace.left() / 2).await;
        if let Some(agent) = self.agent {
            let left = grace.left();
            agent.stop(left.saturating_sub(CLOSING_TIME), left.min(CLOSING_TIME) / 2).await;
        }
        self.broker.settle(grace.left().min(CLOSING_TIME) / 2).await;
        if let Some(server) = self.server {
            // The requests that wait for the jobs of this process have their answers now. Only a
            // slow client still has an open connection.
            server.stop(grace.left().min(CLOSING_TIME) / 2).await;
        }
        export_last(self.metrics, grace.left().saturating_sub(EXIT_TIME)).await;
        info!("stopped");
    }
}
