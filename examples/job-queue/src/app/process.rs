//! A running process of the service: its start and its stop.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use osapi_common::{
    grace::GracePeriod,
    metrics::{explorer_path, export_last, scrape_path},
};
use osapi_metrics::{
    Metrics,
    config::{Environment, MetricsConfig},
    http::{Listener, Server},
    instruments::Observation,
    roles::Observations,
};
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::{
    error::StartError,
    model_store::ModelStore,
    options::{AppOptions, Role, WorkerSpec},
    resources,
    upkeep::Upkeep,
};
use crate::{
    api::{self, ActiveUsers, Api},
    config::Switches,
    job::{Capabilities, Service, Trait},
    metrics::{ApiMetrics, HttpMetrics},
    queue::{
        EmbeddedQueue, Queue, QueueError, QueueOptions, WorkerInfo,
        redis::{RedisQueue, RedisServer},
    },
    worker::{Prices, Worker, WorkerOptions},
};

/// The part of the grace period that [`App::stop`] keeps for the steps after the jobs: half of it
/// to leave the queue, the rest to answer open requests and to export the metrics a last time.
const CLOSING_TIME: Duration = Duration::from_secs(2);

/// A user is active for this time after a request.
const ACTIVE: Duration = Duration::from_secs(300);

/// A running process of the service.
#[derive(Debug)]
pub struct App {
    address: SocketAddr,
    queue: Arc<dyn Queue>,
    workers: Vec<Worker>,
    /// Ends after the workers.
    models: Option<ModelStore>,
    upkeep: Option<Upkeep>,
    /// Ends connections with events.
    stop: CancellationToken,
    server: Option<Server>,
    metrics: Metrics,
    _observed: Observed,
}

/// What is observed as long as the process runs.
#[derive(Debug)]
struct Observed {
    _users: Option<Observation>,
    _resources: Observations,
}

impl App {
    /// Starts every part. When this returns, the process answers over HTTP.
    ///
    /// # Errors
    /// The address cannot be listened on, the Redis server cannot be used, or the metrics cannot be
    /// set up as configured.
    pub async fn start(options: AppOptions) -> Result<Self, StartError> {
        let AppOptions { role, settings, queue, limits, events, resources } = options;
        let events = events.within(&limits);
        let switches = settings.switches;
        let interval = settings.metrics.otlp.interval;
        let is_enabled = settings.metrics.enabled;
        let observe = || {
            if is_enabled {
                resources::observe(switches, &resources, interval)
            } else {
                Observations::default()
            }
        };
        match role {
            Role::Everything { listen, redis } => {
                let listener = Listener::bind(listen, limits).await?;
                let address = listener.address();
                let models = ModelStore::open(&format!("http://{address}"), None)?;
                let expiry = queue.worker_expiry;
                let workers = own_workers(redis.is_some());
                let queue = connect(redis.as_deref(), queue).await?;
                let metrics = install("job-queue", settings.metrics, &queue)?;
                let api = Api {
                    queue: Arc::clone(&queue),
                    users: ActiveUsers::new(ACTIVE),
                    limits: events,
                    stop: CancellationToken::new(),
                    is_recorded: switches.api,
                };
                let app = Self::with_api(listener, api, metrics, switches, observe())?;
                Ok(app.with_workers(workers, models, expiry, switches))
            }
            Role::Api { listen, redis } => {
                let listener = Listener::bind(listen, limits).await?;
                let queue = connect(Some(&redis), queue).await?;
                let metrics = install("job-queue-api", settings.metrics, &queue)?;
                let api = Api {
                    queue,
                    users: ActiveUsers::new(ACTIVE),
                    limits: events,
                    stop: CancellationToken::new(),
                    is_recorded: switches.api,
                };
                Self::with_api(listener, api, metrics, switches, observe())
            }
            Role::Worker { redis, api, worker } => {
                let (given, most) = (worker.slots, WorkerSpec::MAX_SLOTS);
                if !(1..=most).contains(&given) {
                    return Err(StartError::Slots { given, most });
                }
                let models = ModelStore::open(&api, worker.cache.as_deref())?;
                let expiry = queue.worker_expiry;
                let queue = connect(Some(&redis), queue).await?;
                let metrics = install("job-queue-worker", settings.metrics, &queue)?;
                let address = metrics.serve_within(limits).await?;
                let observed = Observed { _users: None, _resources: observe() };
                let app = Self {
                    address,
                    queue,
                    workers: Vec::new(),
                    models: None,
                    upkeep: None,
                    stop: CancellationToken::new(),
                    server: None,
                    metrics,
                    _observed: observed,
                };
                Ok(app.with_workers(vec![worker], models, expiry, switches))
            }
        }
    }

    fn with_api(
        listener: Listener,
        api: Api,
        metrics: Metrics,
        switches: Switches,
        resources: Observations,
    ) -> Result<Self, StartError> {
        let paths = metrics.router_paths();
        if let Some(path) = api::routes().paths().iter().find(|path| paths.contains(&path.as_str()))
        {
            return Err(StartError::MetricsPath { path: path.clone() });
        }
        let (queue, stop) = (Arc::clone(&api.queue), api.stop.clone());
        let users = switches.api.then(|| {
            let users = api.users.clone();
            ApiMetrics::global().observe_users(move || users.count())
        });
        let observed = Observed { _users: users, _resources: resources };
        let mut routes = api::router(api, paths);
        if switches.api {
            routes = routes.layer(metrics.http_layer_in::<HttpMetrics>());
        }
        let address = listener.address();
        let server = listener.serve(routes.merge(metrics.router()));
        Ok(Self {
            address,
            upkeep: Some(Upkeep::begin(Arc::clone(&queue), switches.api)),
            queue,
            workers: Vec::new(),
            models: None,
            stop,
            server: Some(server),
            metrics,
            _observed: observed,
        })
    }

    fn with_workers(
        mut self,
        workers: Vec<WorkerSpec>,
        models: ModelStore,
        expiry: Duration,
        switches: Switches,
    ) -> Self {
        for worker in workers {
            let options = WorkerOptions {
                info: WorkerInfo {
                    id: worker.id,
                    services: worker.services,
                    capabilities: worker.capabilities,
                    slots: worker.slots,
                },
                worker_expiry: expiry,
                prices: Prices::default(),
                job_metrics: switches.jobs,
            };
            let connectors = models.connectors.clone();
            self.workers.push(Worker::start(Arc::clone(&self.queue), connectors, options));
        }
        self.models = Some(models);
        self
    }

    /// The address of the process: of the API, or of a worker's metrics.
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

    /// The names of the workers of this process.
    pub fn workers(&self) -> impl Iterator<Item = &str> {
        self.workers.iter().map(Worker::id)
    }

    /// Whether the process can take or run jobs now.
    ///
    /// # Errors
    /// The reason why it cannot.
    pub fn ready(&self) -> Result<(), QueueError> {
        self.queue.ready()
    }

    /// Takes no more jobs, lets running jobs finish, answers open requests, and exports the metrics
    /// a last time.
    ///
    /// A job that still runs two seconds before the end of `grace` goes back to the queue, and
    /// another worker runs it. Where the queue ends with the process, the job is cancelled.
    ///
    /// A failure of the last export is logged and has no other effect.
    pub async fn stop(self, grace: Duration) {
        let grace = GracePeriod::begin(grace);
        let cancelled = self.queue.close();
        info!(cancelled, "stopping: no more jobs are taken");
        let left = grace.left();
        let closing = left.min(CLOSING_TIME);
        let (jobs, farewell) = (left.saturating_sub(closing), closing / 2);
        let stops =
            self.workers.into_iter().map(|worker| tokio::spawn(worker.stop(jobs, farewell)));
        for stop in stops.collect::<Vec<_>>() {
            let _ = stop.await;
        }
        // The last events have been sent.
        self.stop.cancel();
        drop(self.upkeep);
        if let Some(server) = self.server {
            server.stop(grace.left().min(CLOSING_TIME) / 2).await;
        }
        export_last(self.metrics, grace.left()).await;
        info!("stopped");
    }
}

async fn connect(redis: Option<&str>, options: QueueOptions) -> Result<Arc<dyn Queue>, StartError> {
    Ok(match redis {
        Some(url) => {
            let server: RedisServer = url.parse()?;
            Arc::new(RedisQueue::connect(server, options).await)
        }
        None => Arc::new(EmbeddedQueue::new(options)),
    })
}

fn install(
    service: &str,
    config: MetricsConfig,
    queue: &Arc<dyn Queue>,
) -> Result<Metrics, StartError> {
    let queue = Arc::clone(queue);
    let metrics = Metrics::builder()
        .service_name(service)
        .service_version(env!("CARGO_PKG_VERSION"))
        .config(config)
        // The configuration has the values of the environment already.
        .environment(Environment::default())
        .readiness(move || queue.ready().map_err(|reason| reason.to_string()))
        .install()?;
    Ok(metrics)
}

/// The workers of a process that has everything: one of them is larger. Their names are their own
/// also where several such processes share a server.
fn own_workers(is_shared: bool) -> Vec<WorkerSpec> {
    let process = if is_shared { format!("{}-", std::process::id()) } else { String::new() };
    let workers = [(1, 4), (2, 16)].map(|(number, size)| WorkerSpec {
        id: format!("worker-{process}{number}"),
        services: BTreeSet::from(Service::ALL),
        capabilities: Capabilities::new(BTreeMap::from([("size".to_owned(), Trait::Number(size))]))
            .unwrap_or_default(),
        slots: 4,
        cache: None,
    });
    workers.into()
}
