use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use osapi_metrics::{config::MetricsConfig, http::ServerLimits};

use crate::{
    metrics::CORRELATION_WINDOW,
    orchestration::OrchestrationOptions,
    resilience::BreakerOptions,
    worker::{ClaimMode, ForeignOptions},
};

/// The whole configuration of a process.
#[derive(Clone, Debug)]
pub struct TaskerConfig {
    /// Where the API and the metrics are served.
    pub listen: SocketAddr,
    /// The limits of the HTTP server.
    pub limits: ServerLimits,
    /// The longest time that a request may take.
    pub request_timeout: Duration,
    /// Requests beyond this many in the queue are rejected.
    pub max_queued_tasks: u64,
    /// The URL of the database; a private server without one.
    pub database: Option<String>,
    /// The longest time that a statement in the database may take.
    pub statement_timeout: Duration,
    /// The pool of the API.
    pub web_pool: PoolOptions,
    /// The pool of the orchestration.
    pub orchestration_pool: PoolOptions,
    /// The pool of all workers of the process.
    pub worker_pool: PoolOptions,
    /// The orchestration.
    pub orchestration: OrchestrationOptions,
    /// Each worker.
    pub worker: WorkerConfig,
    /// The handler thread.
    pub foreign: ForeignOptions,
    /// The circuit breakers.
    pub breakers: BreakerOptions,
    /// The number of correlation ids with series of their own; 0 leaves the label out.
    pub correlation_window: usize,
    /// The metrics and their exporters.
    pub metrics: MetricsConfig,
}

/// A pool of connections.
#[derive(Clone, Copy, Debug)]
pub struct PoolOptions {
    /// The most connections.
    pub max_connections: u32,
    /// The longest time to wait for one.
    pub acquire_timeout: Duration,
}

/// What all workers of a process have in common.
#[derive(Clone, Copy, Debug)]
pub struct WorkerConfig {
    /// The most steps that one worker runs at the same time.
    pub concurrency: usize,
    /// How a worker finds steps.
    pub claim: ClaimMode,
    /// How often it looks without a notification.
    pub poll_interval: Duration,
    /// How long a step is its own without a sign of life.
    pub visibility: Duration,
    /// The notifications that can wait.
    pub notification_capacity: usize,
}

impl Default for TaskerConfig {
    fn default() -> Self {
        let pool = |max_connections| PoolOptions {
            max_connections,
            acquire_timeout: Duration::from_secs(3),
        };
        let mut metrics = MetricsConfig::default();
        metrics.enabled = true;
        metrics.explorer = Some(true);
        metrics.otlp.interval = Duration::from_mins(1);
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8090)),
            limits: ServerLimits::default(),
            request_timeout: Duration::from_secs(5),
            max_queued_tasks: 100_000,
            database: None,
            statement_timeout: Duration::from_secs(10),
            web_pool: pool(10),
            orchestration_pool: pool(10),
            worker_pool: pool(20),
            orchestration: OrchestrationOptions {
                processors: 4,
                poll_interval: Duration::from_millis(250),
                visibility: Duration::from_secs(30),
                scan_interval: Duration::from_millis(100),
                sample_interval: Duration::from_secs(1),
                command_capacity: 1_000,
                notification_capacity: 1_000,
            },
            worker: WorkerConfig {
                concurrency: 8,
                claim: ClaimMode::Hybrid,
                poll_interval: Duration::from_millis(500),
                visibility: Duration::from_secs(30),
                notification_capacity: 1_000,
            },
            foreign: ForeignOptions::default(),
            breakers: BreakerOptions::default(),
            correlation_window: CORRELATION_WINDOW,
            metrics,
        }
    }
}
