//! A running process: its start and its stop.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use futures_util::future::join_all;
use osapi_common::{
    grace::GracePeriod,
    http::Routes,
    metrics::{explorer_path, export_last, scrape_path},
    program::blocking,
};
use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig},
    http::{Listener, Server},
    instrumentation::{process, tokio_runtime},
    roles::Observations,
};
use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};

use super::{databases::Databases, error::StartError, private::PrivateServer};
use crate::{
    api::{self, ApiParts},
    config::TaskerConfig,
    health::{Health, HealthInfo, Saturation},
    metrics::Correlations,
    orchestration::{Orchestration, OrchestrationParts},
    queues::{QueueSamples, Queues},
    resilience::{Breakers, Probe, Rights},
    store::Database,
    worker::{ForeignHandlers, Worker, WorkerOptions, WorkerParts},
    workflow::NAMESPACES,
};

/// The part of the grace period that is kept for the steps after the work: to answer open requests,
/// and to export the metrics a last time.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// The time for a look into a queue to end, and for a pool to close, also where no time is left.
const LOOK_TIME: Duration = Duration::from_millis(50);

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
    workers: Vec<Arc<Worker>>,
    pools: Vec<Database>,
    metrics: Metrics,
    _observations: Observations,
    /// Tries the database until the stop.
    probe: AbortOnDropHandle<()>,
    /// The last field: the private server ends after everything that uses it.
    databases: Databases,
}

/// What the process works with before it works.
struct Prepared {
    listener: Listener,
    metrics: Metrics,
    breakers: Breakers,
    databases: Databases,
}

impl App {
    /// Starts every part of a role. When this returns, the process answers over HTTP.
    ///
    /// A drop of the future where it waits undoes what it has started.
    ///
    /// # Errors
    /// The database cannot be used, the address cannot be listened on, or the metrics cannot be set
    /// up as configured. Nothing has been started then.
    pub async fn start(role: Role, config: TaskerConfig) -> Result<Self, StartError> {
        let Prepared { listener, metrics, breakers, databases } =
            Prepared::of(&role, &config).await?;
        let correlations = Correlations { enabled: config.correlation_window > 0 };
        let mut pools: Vec<(&'static str, Database)> = Vec::new();
        let mut routes = Routes::new();
        let (mut orchestration, mut samples) = (None, None);
        let mut rights = Rights::default();
        if !matches!(role, Role::Worker { .. }) {
            let database = databases.pool(config.orchestration_pool);
            let queues = open_queues(&database)?;
            queues.add_rights_of_orchestration(&mut rights);
            let counted = QueueSamples::begin(&queues, config.orchestration.sample_interval);
            let parts = OrchestrationParts {
                database: database.clone(),
                queues,
                breakers: breakers.clone(),
                correlations,
            };
            orchestration = Some(Arc::new(Orchestration::start(&parts, &config.orchestration)));
            let web = databases.pool(config.web_pool);
            routes = api::routes(ApiParts {
                database: web.clone(),
                queues: open_queues(&web)?,
                breakers: breakers.clone(),
                correlations,
                request_timeout: config.request_timeout,
                queued: counted.clone(),
                max_queued_tasks: config.max_queued_tasks,
            });
            pools.extend([("web", web), ("orchestration", database)]);
            samples = Some(counted);
        }
        let mut workers = Vec::new();
        let options = worker_options(&role, &config);
        if !options.is_empty() {
            let database = databases.pool(config.worker_pool);
            let breaker = breakers.ffi_completion.clone();
            let parts = WorkerParts {
                database: database.clone(),
                queues: open_queues(&database)?,
                breakers: breakers.clone(),
                foreign: ForeignHandlers::start(&config.foreign, breaker)
                    .map_err(StartError::Thread)?,
                correlations,
            };
            for options in options {
                parts.queues.add_rights_of_worker(&options.namespace, &mut rights)?;
                let worker = Worker::start(parts.clone(), &options);
                workers.push(Arc::new(worker?));
            }
            pools.push(("worker", database));
        }
        let all_pools = pools.iter().map(|(_, database)| database.clone()).collect();
        let probe = Probe {
            pools: pools.iter().map(|(name, it)| (*name, it.pool().clone())).collect(),
            options: databases.options().clone(),
            rights,
            health: breakers.health.clone(),
        };
        let health = Health {
            pools,
            breakers,
            queued: samples,
            max_queued_tasks: config.max_queued_tasks,
            saturation: saturation(orchestration.as_ref(), &workers),
            info: info_of(&role, &config, &metrics),
        };
        let routes = api::with_health(routes, Arc::new(health), metrics.router_paths())
            .layer(metrics.http_layer())
            .merge(metrics.router());
        let address = listener.address();
        let server = listener.serve(routes);
        let observations = observe_process();
        info!(opentelemetry_enabled = metrics.config().otlp.enabled, "tasker has started");
        Ok(Self {
            role,
            address,
            server,
            orchestration,
            workers,
            pools: all_pools,
            metrics,
            _observations: observations,
            probe: AbortOnDropHandle::new(tokio::spawn(probe.run())),
            databases,
        })
    }

    /// The address of the API and of the metrics.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The parts that the process has.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// The private server, if the process has started one. [`stop`](Self::stop) ends it.
    pub fn private_server(&self) -> Option<&PrivateServer> {
        self.databases.private.as_ref()
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

    /// Takes no more work, lets running steps end, and exports the metrics a last time.
    ///
    /// A step that still runs two seconds before the end of `grace` goes to another worker.
    pub async fn stop(self, grace: Duration) {
        let grace = GracePeriod::begin(grace);
        info!("stopping: no more steps are taken");
        drop(self.probe);
        let work = grace.left().saturating_sub(CLOSING_TIME).max(LOOK_TIME);
        let closing = grace.left().saturating_sub(work);
        let stops = self.workers.iter().map(|worker| worker.stop(work, closing / 2));
        join_all(stops).await;
        if let Some(orchestration) = &self.orchestration {
            orchestration.stop((grace.left().min(CLOSING_TIME) / 2).max(LOOK_TIME)).await;
        }
        self.server.stop(grace.left().min(CLOSING_TIME) / 2).await;
        let pools = join_all(self.pools.iter().map(|database| database.pool().close()));
        let _ = timeout((grace.left().min(CLOSING_TIME) / 2).max(LOOK_TIME), pools).await;
        // A private server ends meanwhile, since the export does not need it.
        let private = self.databases.private;
        let end = blocking(move || private.iter().for_each(PrivateServer::end));
        tokio::join!(export_last(self.metrics, grace.left()), end);
        info!("stopped");
    }
}

impl Prepared {
    /// Does everything that can fail for a reason of the user's.
    async fn of(role: &Role, config: &TaskerConfig) -> Result<Self, StartError> {
        let listener = Listener::bind(config.listen, config.limits).await?;
        let databases =
            Databases::prepare(config.database.as_deref(), config.statement_timeout).await?;
        let breakers = Breakers::new(&config.breakers, config.statement_timeout * 2);
        let metrics = install(role, config.metrics.clone(), breakers.clone())?;
        Ok(Self { listener, metrics, breakers, databases })
    }
}

fn install(role: &Role, config: MetricsConfig, breakers: Breakers) -> Result<Metrics, StartError> {
    let service = match role {
        Role::Everything => "tasker",
        Role::Orchestration => "tasker-orchestration",
        Role::Worker { .. } => "tasker-worker",
    };
    let metrics = Metrics::builder()
        .service_name(service)
        .service_version(env!("CARGO_PKG_VERSION"))
        .config(config)
        // The configuration has the values of the environment already.
        .environment(Environment::default())
        .readiness(move || breakers.readiness())
        .install()?;
    Ok(metrics)
}

fn open_queues(database: &Database) -> Result<Queues, StartError> {
    Ok(Queues::open(database, &NAMESPACES)?)
}

/// A worker for each namespace, or the one of the role.
fn worker_options(role: &Role, config: &TaskerConfig) -> Vec<WorkerOptions> {
    let workers = match role {
        Role::Everything => NAMESPACES
            .iter()
            .map(|namespace| (format!("worker-{namespace}"), (*namespace).to_owned()))
            .collect(),
        Role::Orchestration => Vec::new(),
        Role::Worker { name, namespace } => vec![(name.clone(), namespace.clone())],
    };
    let worker = config.worker;
    let options = workers.into_iter().map(|(name, namespace)| WorkerOptions {
        name,
        namespace,
        concurrency: worker.concurrency,
        claim: worker.claim,
        poll_interval: worker.poll_interval,
        visibility: worker.visibility,
        notification_capacity: worker.notification_capacity,
    });
    options.collect()
}

fn saturation(orchestration: Option<&Arc<Orchestration>>, workers: &[Arc<Worker>]) -> Saturation {
    // The process owns the parts, and stops them.
    let orchestration = orchestration.map(Arc::downgrade);
    let workers: Vec<_> = workers.iter().map(Arc::downgrade).collect();
    Saturation(Box::new(move || {
        let orchestration = orchestration.as_ref().and_then(std::sync::Weak::upgrade);
        let of_orchestration = orchestration.map_or(0.0, |part| part.channel_saturation());
        let workers = workers.iter().filter_map(std::sync::Weak::upgrade);
        workers.map(|worker| worker.channel_saturation()).fold(of_orchestration, f64::max)
    }))
}

fn info_of(role: &Role, config: &TaskerConfig, metrics: &Metrics) -> HealthInfo {
    let parts = match role {
        Role::Everything => vec!["orchestration".to_owned(), "workers".to_owned()],
        Role::Orchestration => vec!["orchestration".to_owned()],
        Role::Worker { name, namespace } => vec![format!("worker {name} of {namespace}")],
    };
    HealthInfo {
        version: env!("CARGO_PKG_VERSION"),
        parts,
        metrics_enabled: metrics.config().enabled,
        opentelemetry_enabled: metrics.config().otlp.enabled,
        correlation_window: config.correlation_window,
    }
}

/// Observes the process and its tokio runtime.
fn observe_process() -> Observations {
    let of_process = process::observe().unwrap_or_else(|error| {
        warn!(%error, "the process is not observed");
        Observations::default()
    });
    [of_process, tokio_runtime::observe(&Handle::current())].into_iter().collect()
}
