//! The options of a process.

use std::{collections::BTreeSet, fmt, net::SocketAddr, path::PathBuf};

use osapi_metrics::http::ServerLimits;

use crate::{
    api::EventLimits,
    config::Settings,
    job::{Capabilities, Service},
    queue::QueueOptions,
};

/// How to run a process of the service.
#[derive(Debug)]
pub struct AppOptions {
    /// The parts that the process has.
    pub role: Role,
    /// Its metrics. The environment is not read again.
    pub settings: Settings,
    /// The limits of the queue, the same in all processes of one queue.
    pub queue: QueueOptions,
    /// The limits of the HTTP server.
    pub limits: ServerLimits,
    /// The limits of connections with events.
    pub events: EventLimits,
    /// Where the resources of the machine are.
    pub resources: ResourceOptions,
}

/// Where the resources of the machine are.
#[derive(Clone, Debug)]
pub struct ResourceOptions {
    /// The folder in which jobs work, for `disk_usage_bytes`; `/workspace` by default, where there
    /// is such a folder.
    pub workspace: Option<PathBuf>,
    /// NVIDIA's library; the one of the system by default.
    pub nvml: Option<PathBuf>,
}

impl Default for ResourceOptions {
    fn default() -> Self {
        let workspace = PathBuf::from("/workspace");
        Self { workspace: workspace.is_dir().then_some(workspace), nvml: None }
    }
}

/// The parts of the service that a process has.
pub enum Role {
    /// The API, two workers with all connectors, and a queue.
    Everything {
        /// The address of the API; port 0 takes a free port.
        listen: SocketAddr,
        /// The Redis server with the queue. Without it the queue ends with the process.
        redis: Option<String>,
    },
    /// The API.
    Api {
        /// The address of the API; port 0 takes a free port.
        listen: SocketAddr,
        /// The Redis server.
        redis: String,
    },
    /// One worker, which serves its metrics where the settings say.
    Worker {
        /// The Redis server.
        redis: String,
        /// The API, which has the models: `http://127.0.0.1:8070`.
        api: String,
        /// The worker.
        worker: WorkerSpec,
    },
}

/// A worker of a process.
#[derive(Clone, Debug)]
pub struct WorkerSpec {
    /// The name, unique among the workers of the queue.
    pub id: String,
    /// The services for which it has a connector.
    pub services: BTreeSet<Service>,
    /// What it has beyond its connectors.
    pub capabilities: Capabilities,
    /// How many jobs it runs at the same time, from 1 to 1000.
    pub slots: u32,
    /// Where models are kept. Without it, a temporary folder that ends with the worker.
    pub cache: Option<PathBuf>,
}

impl WorkerSpec {
    /// The most jobs that a worker can run at the same time.
    pub const MAX_SLOTS: u32 = 1_000;
}

impl AppOptions {
    /// The options with the default limits.
    pub fn new(role: Role, settings: Settings) -> Self {
        Self {
            role,
            settings,
            queue: QueueOptions::default(),
            limits: ServerLimits::default(),
            events: EventLimits::default(),
            resources: ResourceOptions::default(),
        }
    }
}

/// Shows no URL of a Redis server: it may have a password.
impl fmt::Debug for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything { listen, redis } => f
                .debug_struct("Everything")
                .field("listen", listen)
                .field("has_redis", &redis.is_some())
                .finish(),
            Self::Api { listen, .. } => {
                f.debug_struct("Api").field("listen", listen).finish_non_exhaustive()
            }
            Self::Worker { api, worker, .. } => f
                .debug_struct("Worker")
                .field("api", api)
                .field("worker", worker)
                .finish_non_exhaustive(),
        }
    }
}
