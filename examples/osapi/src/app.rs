//! The whole service in one process: API, embedded broker, one agent, metrics.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use osapi_metrics::config::Environment;
use osapi_metrics::{Metrics, MetricsConfig};
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::agent::{Agent, AgentOptions};
use crate::api;
use crate::broker::{Broker, EmbeddedBroker, Limits};

/// What [`App::stop`] needs once the jobs have ended, half of it to answer open requests and half
/// to export the metrics a last time.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// How to run the service.
#[derive(Debug)]
pub struct AppOptions {
    /// Where the API listens; port 0 takes a free port.
    pub listen: SocketAddr,
    /// How the agent works.
    pub agent: AgentOptions,
    /// The configuration of the metrics.
    pub metrics: MetricsConfig,
    /// The variables that win over the configuration.
    pub environment: Environment,
}

/// The running service.
///
/// ```
/// use std::num::NonZeroUsize;
/// use std::time::Duration;
/// use osapi::agent::AgentOptions;
/// use osapi::app::{App, AppOptions};
/// use osapi_metrics::MetricsConfig;
/// use osapi_metrics::config::Environment;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut metrics = MetricsConfig::default();
/// metrics.enabled = true;
/// let app = App::start(AppOptions {
///     listen: "127.0.0.1:0".parse()?,
///     agent: AgentOptions { name: "agent-1".into(), concurrency: NonZeroUsize::MIN },
///     metrics,
///     environment: Environment::process(),
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
    broker: EmbeddedBroker,
    agent: Agent,
    server: JoinHandle<io::Result<()>>,
    stop_server: CancellationToken,
    metrics: Metrics,
}

impl App {
    /// Starts every part. When this returns, the API answers.
    ///
    /// # Errors
    /// The address cannot be listened on, or the metrics cannot be set up as configured.
    pub async fn start(options: AppOptions) -> Result<Self, StartError> {
        let (listener, address) = listen(options.listen).await?;
        let broker = EmbeddedBroker::new(Limits::default());
        let metrics = Metrics::builder()
            .service_name("osapi-api")
            .config(options.metrics)
            .environment(options.environment)
            .readiness({
                let broker = broker.clone();
                move || broker.ready().map_err(|reason| reason.to_string())
            })
            .install()?;
        let path = metrics.config().path.clone();
        if path == api::JOBS {
            return Err(StartError::MetricsPath { path });
        }

        let agent = Agent::start(Arc::new(broker.clone()), options.agent);
        let routes = api::router(Arc::new(broker.clone()))
            .layer(metrics.http_layer())
            .merge(metrics.router());
        let stop_server = CancellationToken::new();
        let server = axum::serve(listener, routes)
            .with_graceful_shutdown(stop_server.clone().cancelled_owned());
        let server = tokio::spawn(server.into_future());
        Ok(Self { address, broker, agent, server, stop_server, metrics })
    }

    /// Where the API listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The path of the metrics on the API's address.
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

    /// The agent's name.
    pub fn agent_name(&self) -> &str {
        self.agent.name()
    }

    /// Stops taking work, lets running jobs finish, answers who waits for them, and exports the
    /// metrics a last time.
    ///
    /// A job that still runs two seconds before `grace` is over is cancelled: its queue ends with
    /// the process.
    ///
    /// A collector that does not answer is logged: it has no part in whether the service stopped
    /// cleanly.
    pub async fn stop(self, grace: Duration) {
        let start = Instant::now();
        let cancelled = self.broker.close();
        info!(cancelled, "stopping: no more jobs are taken");
        self.agent.stop(grace.saturating_sub(CLOSING_TIME)).await;
        self.stop_server.cancel();

        // Whoever waits for a job has its end now; only a slow client still holds a connection.
        let server = self.server.abort_handle();
        if timeout(CLOSING_TIME / 2, self.server).await.is_err() {
            warn!("requests are still open; closing them");
            server.abort();
        }
        let metrics = self.metrics;
        let left = grace.saturating_sub(start.elapsed()).max(CLOSING_TIME / 2);
        // It blocks its thread until a collector has answered or the time is up.
        let exported = spawn_blocking(move || metrics.shutdown_within(left)).await;
        if let Ok(Err(error)) = exported {
            warn!(%error, "the last export of the metrics failed");
        }
        info!("stopped");
    }
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let unable = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(unable)?;
    let bound = listener.local_addr().map_err(unable)?;
    Ok((listener, bound))
}

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken, not this machine's, or not allowed.
    #[error(
        "cannot listen on {address}: {cause}; give another address, or port 0 for any free one"
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
}
