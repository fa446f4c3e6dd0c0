//! The parts of a process, by role.

use std::sync::Arc;

use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig},
    http::Listener,
};

use super::{
    error::StartError,
    options::{AppOptions, Role},
    presence::Presence,
};
use crate::{
    agent::AgentOptions,
    api,
    broker::{Broker, EmbeddedBroker, Limits, nats::NatsBroker},
};

/// The parts of a process that does no work yet.
pub(super) struct Parts {
    pub(super) metrics: Metrics,
    pub(super) listener: Option<Listener>,
    pub(super) broker: Arc<dyn Broker>,
    pub(super) agent: Option<AgentOptions>,
    pub(super) presence: Presence,
}

impl Parts {
    /// Does everything that can fail, so that no process is started in part. The only exception is
    /// the address of an agent, which the metrics bind when they are served.
    pub(super) async fn prepare(options: AppOptions) -> Result<Self, StartError> {
        let AppOptions { role, metrics, limits } = options;
        check_concurrency(&role)?;
        match role {
            Role::Everything { listen, agent } => {
                let listener = Listener::bind(listen, limits).await?;
                let broker: Arc<dyn Broker> = Arc::new(EmbeddedBroker::new(Limits::default()));
                let metrics = install("osapi-api", metrics, &broker)?;
                check_path(&metrics)?;
                let presence = Presence::of_everything(&broker, &agent.name);
                let (listener, agent) = (Some(listener), Some(agent));
                Ok(Self { metrics, listener, broker, agent, presence })
            }
            Role::Api { listen, nats: servers } => {
                let listener = Listener::bind(listen, limits).await?;
                let nats = NatsBroker::connect(servers, "osapi-api").await?;
                let broker: Arc<dyn Broker> = Arc::new(nats.clone());
                let metrics = install("osapi-api", metrics, &broker)?;
                check_path(&metrics)?;
                nats.maintain_queue();
                let presence = Presence::of_api(&nats, &broker);
                Ok(Self { metrics, listener: Some(listener), broker, agent: None, presence })
            }
            Role::Agent { agent, nats: servers } => {
                let nats = NatsBroker::connect(servers, &agent.name).await?;
                let broker: Arc<dyn Broker> = Arc::new(nats.clone());
                let metrics = install("osapi-agent", metrics, &broker)?;
                let presence = Presence::of_agent(&nats, &agent.name);
                Ok(Self { metrics, listener: None, broker, agent: Some(agent), presence })
            }
        }
    }
}

fn check_concurrency(role: &Role) -> Result<(), StartError> {
    let (Role::Everything { agent, .. } | Role::Agent { agent, .. }) = role else {
        return Ok(());
    };
    let (given, most) = (agent.concurrency, AgentOptions::MAX_CONCURRENCY);
    if given > most { Err(StartError::Concurrency { given, most }) } else { Ok(()) }
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
        // The configuration has the values of the environment already.
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
