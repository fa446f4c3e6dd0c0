//! A running process: its start and its stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use osapi_common::{
    grace::GracePeriod,
    http::{Listener, Server},
    metrics::{export_last, scrape_path},
};
use osapi_metrics::{
    Metrics,
    config::Environment,
    instrumentation::{circuit_breaker::BreakerState, process, tokio_runtime},
};
use tokio::runtime::Handle;
use tracing::{info, warn};

use super::{databases::Databases, error::StartError};
use crate::{
    api::{self, ApiParts},
    config::TaskerConfig,
    health::{Health, HealthInfo, Saturation},
    metrics::Correlations,
    orchestration::{Orchestration, OrchestrationParts},
    queues::{QueueDepth, Queues},
    resilience::Breakers,
    worker::{ForeignHandlers, Worker, WorkerOptions, WorkerParts},
    workflow::NAMESPACES,
};

/// The part of the grace period that is kept for the steps after the work: to answer open requests,
/// and to export the metrics a last time.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// The parts that a process has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The API, the orchestration, and a worker for each namespace.
    Everything,
    /// The API and the orchestration.
    Orchestration,
    /// One worker.
    Worker {
        /// The name in the tables, unique among the workers.
        name: String,
        /// The namespace whose steps it runs.
        namespace: String,
    },
}

/// A running process.
#[derive(Debug)]
pub struct App {
    role: Role,
    address: SocketAddr,
    server: Server,
    orchestration: Option<Arc<Orchestration>>,
    workers: Vec<Worker>,
    metrics: Metrics,
    /// The last fields: the database ends after everything that uses it.
    breakers: Breakers,
    databases: Databases,
}
