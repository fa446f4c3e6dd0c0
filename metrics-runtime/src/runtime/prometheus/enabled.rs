use std::{
    error::Error,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use ::http::StatusCode;
use opentelemetry_sdk::error::OTelSdkError;

use crate::{
    bridge::Bridge,
    collection::{CollectError, Collector},
    config::MetricsConfig,
    core::{
        catalogue::Catalogue,
        snapshot::Snapshot,
        sync::{lock, lock_unless_lost, split},
    },
    exposition::{Exposition, ExpositionSettings, Format, NameFilter, ScrapeFormat},
    http::{self, Endpoint, MetricsSource, PreparedEndpoint, ServeError, Server, ServerLimits},
    runtime::{
        error::InstallError,
        explorer::{self, PreparedExplorer, RunningExplorer},
        idle::IdleMistakes,
        pipeline::Pipeline,
        readiness::Readiness,
    },
};

/// An endpoint that is ready to start.
#[derive(Debug)]
pub(in crate::runtime) struct PreparedPrometheus {
    endpoint: PreparedEndpoint,
    readiness: Readiness,
    catalogue: Catalogue,
    explorer: PreparedExplorer,
    /// Whether the Prometheus exporter is on.
    is_on: bool,
    settings: ExpositionSettings,
}

/// The endpoint, and the servers that were started for it.
#[derive(Debug)]
pub(in crate::runtime) struct Prometheus {
    pub(in crate::runtime) endpoint: Endpoint,
    source: Arc<ScrapeSource>,
    explorer: RunningExplorer,
    servers: Mutex<Vec<Server>>,
}

/// The longest time for a scrape of a process that was split.
const SPLIT_LIMIT: Duration = Duration::from_secs(3);

/// The source of the answers of the endpoint.
#[derive(Debug)]
struct ScrapeSource {
    readiness: Readiness,
    catalogue: Catalogue,
    /// Absent if metrics are disabled.
    pipeline: Option<Arc<Pipeline>>,
    /// Absent if there is nothing to scrape.
    scraper: Option<Arc<Scraper>>,
}

/// Collects and renders scrapes.
#[derive(Debug)]
struct Scraper {
    bridge: Arc<Bridge>,
    settings: ExpositionSettings,
    state: Mutex<ScrapeState>,
    /// Whether a scrape of a process that was split still waits.
    is_stuck: AtomicBool,
}

#[derive(Debug)]
struct ScrapeState {
    collector: Collector,
    exposition: Exposition,
}

pub(in crate::runtime) fn prepare(
    config: &MetricsConfig,
    readiness: Readiness,
    catalogue: &Catalogue,
    idle: &mut IdleMistakes,
) -> Result<PreparedPrometheus, InstallError> {
    let is_in_force = config.enabled && config.prometheus;
    let endpoint = match idle.check(is_in_force, Endpoint::prepare(config))? {
        Some(endpoint) => endpoint,
        // It answers without metrics, and reports the health of the process.
        None => Endpoint::prepare(&MetricsConfig::default())?,
    };
    let explorer = match idle.check(is_in_force, explorer::prepare(config))? {
        Some(explorer) => explorer,
        None => explorer::prepare(&MetricsConfig::default())?,
    };
    Ok(PreparedPrometheus {
        endpoint,
        readiness,
        catalogue: catalogue.clone(),
        explorer,
        is_on: config.prometheus,
        settings: ExpositionSettings::of(config),
    })
}

impl PreparedPrometheus {
    /// Starts the endpoint of a runtime that collects.
    pub(in crate::runtime) fn start(self, pipeline: &Arc<Pipeline>) -> Prometheus {
        let Self { endpoint, readiness, catalogue, explorer, is_on, settings } = self;
        let scraper =
            is_on.then(|| Arc::new(Scraper::new(Arc::clone(pipeline.bridge()), settings)));
        let explorer = if is_on {
            explorer.start(pipeline.bridge(), &catalogue)
        } else {
            RunningExplorer::without_metrics()
        };
        let pipeline = Some(Arc::clone(pipeline));
        let source = ScrapeSource { readiness, catalogue, pipeline, scraper };
        Prometheus::new(endpoint, source, explorer)
    }

    /// Starts the endpoint of a runtime whose metrics are disabled.
    pub(in crate::runtime) fn start_without_metrics(self) -> Prometheus {
        let Self { endpoint, readiness, catalogue, .. } = self;
        let (pipeline, scraper) = (None, None);
        let source = ScrapeSource { readiness, catalogue, pipeline, scraper };
        Prometheus::new(endpoint, source, RunningExplorer::without_metrics())
    }
}

impl Prometheus {
    fn new(endpoint: PreparedEndpoint, source: ScrapeSource, explorer: RunningExplorer) -> Self {
        let source = Arc::new(source);
        let scraped = Arc::clone(&source) as Arc<dyn MetricsSource>;
        let endpoint = endpoint.start(scraped, explorer.source());
        Self { endpoint, source, explorer, servers: Mutex::default() }
    }

    /// Listens on `address` until the runtime stops.
    pub(in crate::runtime) async fn serve(
        &self,
        address: SocketAddr,
        limits: ServerLimits,
    ) -> Result<SocketAddr, ServeError> {
        let server = http::serve(self.endpoint.clone(), address, limits).await?;
        let address = server.address();
        lock(&self.servers).push(server);
        Ok(address)
    }

    /// A scrape as text; a scrape without metrics if the metrics could not be collected.
    pub(in crate::runtime) fn render(&self, format: Format) -> String {
        let collected = self.collect(format).unwrap_or_else(|error| {
            tracing::error!(%error, "the metrics could not be collected");
            None
        });
        collected.unwrap_or_else(|| empty_scrape(format))
    }

    /// A scrape; `None` if metrics are disabled, not served to Prometheus, or shut down.
    pub(in crate::runtime) fn collect(
        &self,
        format: Format,
    ) -> Result<Option<String>, CollectError> {
        self.source.scrape(move |exposition, snapshot| {
            exposition.render(snapshot, format, &NameFilter::ALL)
        })
    }

    /// Whether there are metrics to collect.
    #[cfg(feature = "pushgateway")]
    pub(in crate::runtime) fn has_metrics(&self) -> bool {
        self.source.unavailable().is_none()
    }

    pub(in crate::runtime) fn stop(&self) {
        self.explorer.end();
        lock(&self.servers).clear();
    }

    /// Leaves the servers as they are, which run in another process.
    pub(in crate::runtime) fn forget(&self) {
        if let Some(mut servers) = lock_unless_lost(&self.servers) {
            std::mem::forget(std::mem::take(&mut *servers));
        }
    }
}

impl ScrapeSource {
    /// A scrape; `None` if metrics are disabled, not served to Prometheus, or shut down.
    fn scrape<T: Send + 'static>(
        &self,
        render: impl FnOnce(&mut Exposition, &Snapshot) -> T + Send + 'static,
    ) -> Result<Option<T>, CollectError> {
        let pipeline = self.pipeline.as_ref().filter(|pipeline| !pipeline.has_ended());
        let Some((pipeline, scraper)) = pipeline.zip(self.scraper.as_ref()) else {
            return Ok(None);
        };
        let rendered = if split::is_split() {
            // It is logged.
            let _ = pipeline.process().is_other();
            scraper.scrape_within(SPLIT_LIMIT, render)
        } else {
            scraper.scrape(render)
        };
        rendered.map(Some)
    }
}

impl Scraper {
    fn new(bridge: Arc<Bridge>, settings: ExpositionSettings) -> Self {
        let state = Mutex::new(ScrapeState::new(&bridge, settings));
        let is_stuck = AtomicBool::new(false);
        Self { bridge, settings, state, is_stuck }
    }

    /// Renders on a thread of its own and waits for it. In a process that was split, callbacks and
    /// the SDK may wait for locks that nobody releases.
    fn scrape_within<T: Send + 'static>(
        self: &Arc<Self>,
        limit: Duration,
        render: impl FnOnce(&mut Exposition, &Snapshot) -> T + Send + 'static,
    ) -> Result<T, CollectError> {
        // A callback that renders a scrape would wait for itself.
        drop(Collector::begin()?);
        if self.is_stuck.load(Ordering::Relaxed) {
            return Err(CollectError::LostLock);
        }
        let (done, rendered) = mpsc::sync_channel(1);
        let scraper = Arc::clone(self);
        let scrape = move || {
            let result = scraper.scrape(render);
            scraper.is_stuck.store(false, Ordering::Relaxed);
            // Fails if the time is up.
            let _ = done.send(result);
        };
        let thread = thread::Builder::new().name("osapi-metrics-scrape".to_owned());
        thread.spawn(scrape).map_err(|error| {
            OTelSdkError::InternalFailure(format!("no thread could be started: {error}"))
        })?;
        rendered.recv_timeout(limit).unwrap_or_else(|_| {
            self.is_stuck.store(true, Ordering::Relaxed);
            Err(CollectError::LostLock)
        })
    }

    fn scrape<T>(
        &self,
        render: impl FnOnce(&mut Exposition, &Snapshot) -> T,
    ) -> Result<T, CollectError> {
        // Before the lock: a callback that renders a scrape runs while this thread holds the lock.
        let collecting = Collector::begin()?;
        let mut state = self.state.lock().unwrap_or_else(|poisoned| {
            self.state.clear_poison();
            let mut state = poisoned.into_inner();
            *state = ScrapeState::new(&self.bridge, self.settings);
            state
        });
        let ScrapeState { collector, exposition } = &mut *state;
        Ok(render(exposition, collector.collect(&collecting)?))
    }
}

impl ScrapeState {
    /// The state before the first scrape.
    fn new(bridge: &Arc<Bridge>, settings: ExpositionSettings) -> Self {
        let collector = Collector::new(Arc::clone(bridge));
        Self { collector, exposition: Exposition::new(settings) }
    }
}

/// A scrape without metrics.
fn empty_scrape(format: Format) -> String {
    Exposition::default().render(&Snapshot::default(), format, &NameFilter::ALL)
}

impl MetricsSource for ScrapeSource {
    fn render(
        &self,
        format: ScrapeFormat,
        filter: &NameFilter,
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        let filter = filter.clone();
        Ok(match format {
            ScrapeFormat::Text(format) => self
                .scrape(move |exposition, snapshot| exposition.render(snapshot, format, &filter))?
                .unwrap_or_else(|| empty_scrape(format))
                .into_bytes(),
            // Without metrics there are no messages.
            ScrapeFormat::Protobuf => self
                .scrape(move |exposition, snapshot| exposition.encode(snapshot, &filter))?
                .unwrap_or_default(),
        })
    }

    fn unavailable(&self) -> Option<(StatusCode, &'static str)> {
        let Some(pipeline) = &self.pipeline else {
            return Some((
                StatusCode::NOT_FOUND,
                "metrics are disabled; `telemetry.metrics.enabled: true` or TELEMETRY_ENABLED=true \
                 enables them, unless OTEL_SDK_DISABLED is true",
            ));
        };
        if self.scraper.is_none() {
            return Some((
                StatusCode::NOT_FOUND,
                "the Prometheus exporter is off; `telemetry.metrics.prometheus: true`, or \
                 `prometheus` in OTEL_METRICS_EXPORTER, turns it on",
            ));
        }
        pipeline
            .has_ended()
            .then_some((StatusCode::SERVICE_UNAVAILABLE, "the metrics runtime is shut down"))
    }

    fn catalogue(&self) -> String {
        self.catalogue.document().to_json()
    }

    fn readiness(&self) -> Result<(), Vec<String>> {
        let reasons = self.readiness.reasons();
        if reasons.is_empty() { Ok(()) } else { Err(reasons) }
    }
}
