//! What each role consists of.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use osapi_metrics::{
    Metrics, MetricsConfig, Observation, ServeError,
    config::Environment,
    instrumentation::nats::{self, NatsObservation},
};
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use super::{
    App, AppOptions, Role, StartError,
    listener::{Listener, listen},
};
use crate::{
    agent::{Agent, AgentOptions},
    api,
    broker::{
        Broker, EmbeddedBroker, Limits, NatsBroker,
        nats::{HEARTBEAT_INTERVAL, Heartbeats},
    },
    fleet::{Fleet, Member},
    metrics::{AgentMetrics, QueueMetrics},
};

/// A process that is put together and does nothing yet.
pub(super) struct Parts {
    metrics: Metrics,
    listener: Option<(TcpListener, SocketAddr)>,
    broker: Arc<dyn Broker>,
    agent: Option<AgentOptions>,
    presence: Presence,
}

/// What tells of the agents, here and elsewhere.
#[derive(Debug, Default)]
pub(super) struct Presence {
    _observed: Vec<Observation>,
    _nats: Option<NatsObservation>,
    member: Option<Member>,
    heartbeats: Option<Heartbeats>,
    _watching: Option<AbortOnDropHandle<()>>,
}

impl Parts {
    /// Does all that can fail, so that nothing is half started.
    pub(super) async fn prepare(options: AppOptions) -> Result<Self, StartError> {
        let AppOptions { role, metrics } = options;
        match role {
            Role::Everything { listen: address, agent } => {
                let listener = listen(address).await?;
                let broker: Arc<dyn Broker> = Arc::new(EmbeddedBroker::new(Limits::default()));
                let metrics = install("osapi-api", metrics, &broker)?;
                check_path(&metrics)?;
                let fleet = Fleet::new(HEARTBEAT_INTERVAL);
                let presence = Presence {
                    member: Some(fleet.join(&agent.name)),
                    _observed: observed(&fleet, &broker),
                    ..Presence::default()
                };
                let (listener, agent) = (Some(listener), Some(agent));
                Ok(Self { metrics, listener, broker, agent, presence })
            }
            Role::Api { listen: address, nats: servers } => {
                let listener = listen(address).await?;
                let nats = NatsBroker::connect(servers, "osapi-api").await?;
                let broker: Arc<dyn Broker> = Arc::new(nats.clone());
                let metrics = install("osapi-api", metrics, &broker)?;
                check_path(&metrics)?;
                let fleet = Fleet::new(HEARTBEAT_INTERVAL);
                nats.tend_queue();
                let presence = Presence {
                    _watching: Some(nats.watch_agents(fleet.clone())),
                    _observed: observed(&fleet, &broker),
                    _nats: Some(nats::observe(nats.client())),
                    ..Presence::default()
                };
                Ok(Self { metrics, listener: Some(listener), broker, agent: None, presence })
            }
            Role::Agent { agent, nats: servers } => {
                let nats = NatsBroker::connect(servers, &agent.name).await?;
                let broker: Arc<dyn Broker> = Arc::new(nats.clone());
                let metrics = install("osapi-agent", metrics, &broker)?;
                let presence = Presence {
                    heartbeats: Some(nats.announce(&agent.name)),
                    _nats: Some(nats::observe(nats.client())),
                    ..Presence::default()
                };
                Ok(Self { metrics, listener: None, broker, agent: Some(agent), presence })
            }
        }
    }

    /// Begins to listen and to take jobs.
    pub(super) async fn start(self) -> Result<App, StartError> {
        let Self { metrics, listener, broker, agent, presence } = self;
        let (address, listener) = match listener {
            Some((listener, address)) => {
                let routes = api::router(Arc::clone(&broker))
                    .layer(metrics.http_layer())
                    .merge(metrics.router());
                (address, Some(Listener::start(listener, routes)))
            }
            None => (metrics.serve().await.map_err(unserved)?, None),
        };
        let agent = agent.map(|options| Agent::start(Arc::clone(&broker), options));
        Ok(App { address, broker, agent, presence, listener, metrics })
    }
}

/// The address of an agent is an argument, too.
fn unserved(error: ServeError) -> StartError {
    match error {
        ServeError::Listen { address, source } => StartError::Listen { address, cause: source },
        error => StartError::Serve(error),
    }
}

impl Presence {
    /// Tells the others that the agent of this process takes no more jobs.
    pub(super) async fn leave(&mut self, limit: Duration) {
        self.member = None;
        if let Some(heartbeats) = self.heartbeats.take() {
            heartbeats.leave(limit).await;
        }
    }
}

/// What an API tells of agents and jobs that are not its own.
fn observed(fleet: &Fleet, broker: &Arc<dyn Broker>) -> Vec<Observation> {
    let queue = QueueMetrics::observe(broker);
    AgentMetrics::observe(fleet).into_iter().chain([queue]).collect()
}

fn install(
    service: &str,
    config: MetricsConfig,
    broker: &Arc<dyn Broker>,
) -> Result<Metrics, StartError> {
    let broker = Arc::clone(broker);
    let metrics = Metrics::builder()
        .service_name(service)
        .service_version(env!("CARGO_PKG_VERSION"))
        .revision(option_env!("OSAPI_REVISION").unwrap_or("unknown"))
        .config(config)
        // It is in the configuration already.
        .environment(Environment::default())
        .readiness(move || broker.ready().map_err(|reason| reason.to_string()))
        .install()?;
    Ok(metrics)
}

fn check_path(metrics: &Metrics) -> Result<(), StartError> {
    let path = &metrics.config().path;
    if path == api::JOBS {
        return Err(StartError::MetricsPath { path: path.clone() });
    }
    Ok(())
}
