//! The options of a process.

use std::net::SocketAddr;

use osapi_metrics::{config::MetricsConfig, http::ServerLimits};

use crate::{agent::AgentOptions, broker::nats::NatsServers};

/// How to run a process of the service.
#[derive(Debug)]
pub struct AppOptions {
    /// The parts that the process has.
    pub role: Role,
    /// The configuration of the metrics. The environment is not read again. An agent process serves
    /// its metrics at the address in it.
    pub metrics: MetricsConfig,
    /// The limits of the process' HTTP server.
    pub limits: ServerLimits,
}

/// The parts of the service that a process has.
#[derive(Debug)]
pub enum Role {
    /// The API, one agent, and a queue between them that ends with the process.
    Everything {
        /// The address of the API; port 0 takes a free port.
        listen: SocketAddr,
        /// The options of the agent.
        agent: AgentOptions,
    },
    /// The API.
    Api {
        /// The address of the API; port 0 takes a free port.
        listen: SocketAddr,
        /// The NATS servers.
        nats: NatsServers,
    },
    /// One agent.
    Agent {
        /// The options of the agent.
        agent: AgentOptions,
        /// The NATS servers.
        nats: NatsServers,
    },
}
