use std::{
    error::Error,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use ::http::StatusCode;
use opentelemetry_sdk::{error::OTelSdkError, metrics::data::ResourceMetrics};

use crate::{
    config::MetricsConfig,
    core::{instruments::RegisteredInstrument, sync::lock},
    exposition::{Exposition, Format},
    http::{self, Endpoint, MetricsSource, PreparedEndpoint, ServeError, ServerHandle},
    provider::{BoxedReader, PullReader},
    runtime::{error::InstallError, pipeline::Pipeline, readiness::Readiness},
};

/// An endpoint that is ready to start.
#[derive(Debug)]
pub(in crate::runtime) struct PreparedPrometheus {
    endpoint: PreparedEndpoint,
    readiness: Readiness,
    /// Absent if the configuration switches the Prometheus exporter off.
    reader: Option<PullReader>,
}

/// The endpoint, and the servers that were started for it.
#[derive(Debug)]
pub(in crate::runtime) struct Prometheus {
    pub(in crate::runtime) endpoint: Endpoint,
    source: Arc<ScrapeSource>,
    servers: Mutex<Vec<ServerHandle>>,
}

/// The source of the answers of the endpoint.
#[derive(Debug)]
struct ScrapeSource {
    readiness: Readiness,
    /// Absent if metrics are disabled.
    pipeline: Option<Arc<Pipeline>>,
    /// Absent if there is nothing to scrape.
    collector: Option<ScrapeCollector>,
}

/// Collects and renders scrapes.
#[derive(Debug)]
struct ScrapeCollector {
    reader: PullReader,
    /// Whether the collections of other aggregations write into the aggregation of the reader.
    beside_others: bool,
    exposition: Mutex<Exposition>,
}

pub(in crate::runtime) fn prepare(
    config: &MetricsConfig,
    readiness: Readiness,
) -> Result<PreparedPrometheus, InstallError> {
    let endpoint = Endpoint::prepare(config)?;
    let reader = config.prometheus.then(PullReader::new);
    Ok(PreparedPrometheus { endpoint, readiness, reader })
}

impl PreparedPrometheus {
    /// The reader of scrapes, to add to the provider.
    pub(in crate::runtime) fn reader(&self) -> Option<BoxedReader> {
        self.reader.clone().map(|reader| Box::new(reader) as BoxedReader)
    }

    /// Starts the endpoint of a runtime that collects. `instruments` are read without the SDK.
    pub(in crate::runtime) fn start(
        self,
        pipeline: &Arc<Pipeline>,
        instruments: impl IntoIterator<Item = &'static dyn RegisteredInstrument>,
        beside_others: bool,
    ) -> Prometheus {
        let exposition = Mutex::new(Exposition::new(instruments));
        let collector =
            self.reader.map(|reader| ScrapeCollector { reader, beside_others, exposition });
        let pipeline = Some(Arc::clone(pipeline));
        Prometheus::new(
            self.endpoint,
            ScrapeSource { readiness: self.readiness, pipeline, collector },
        )
    }

    /// Starts the endpoint of a runtime whose metrics are disabled.
    pub(in crate::runtime) fn start_without_metrics(self) -> Prometheus {
        let readiness = self.readiness;
        Prometheus::new(self.endpoint, ScrapeSource { readiness, pipeline: None, collector: None })
    }
}

impl Prometheus {
    fn new(endpoint: PreparedEndpoint, source: ScrapeSource) -> Self {
        let source = Arc::new(source);
        let endpoint = endpoint.start(Arc::clone(&source) as Arc<dyn MetricsSource>);
        Self { endpoint, source, servers: Mutex::default() }
    }

    /// Listens on `address` until the runtime stops.
    pub(in crate::runtime) async fn serve(
        &self,
        address: SocketAddr,
    ) -> Result<SocketAddr, ServeError> {
        let (address, server) = http::serve(self.endpoint.clone(), address).await?;
        lock(&self.servers).push(server);
        Ok(address)
    }

    /// A scrape; a scrape without metrics if the metrics could not be collected.
    pub(in crate::runtime) fn render(&self, format: Format) -> String {
        self.source.exposition(format).unwrap_or_else(|error| {
            tracing::error!(%error, "the metrics could not be collected");
            empty_scrape(format)
        })
    }

    pub(in crate::runtime) fn stop(&self) {
        lock(&self.servers).clear();
    }
}

impl ScrapeSource {
    /// A scrape without metrics if metrics are disabled, not served to Prometheus, or shut down.
    fn exposition(&self, format: Format) -> Result<String, OTelSdkError> {
        let has_ended = self.pipeline.as_ref().is_none_or(|pipeline| pipeline.has_ended());
        match &self.collector {
            Some(collector) if !has_ended => collector.render(format),
            _ => Ok(empty_scrape(format)),
        }
    }
}

impl ScrapeCollector {
    fn render(&self, format: Format) -> Result<String, OTelSdkError> {
        // Before the lock: a callback that renders a scrape runs while this thread holds the lock.
        let _scrape = PullReader::begin()?;
        let mut exposition = self.exposition.lock().unwrap_or_else(|poisoned| {
            self.exposition.clear_poison();
            let mut exposition = poisoned.into_inner();
            exposition.forget();
            exposition
        });
        let metrics = self.reader.read(self.beside_others)?;
        Ok(exposition.render(&metrics, format))
    }
}

/// A scrape without metrics.
fn empty_scrape(format: Format) -> String {
    Exposition::default().render(&ResourceMetrics::default(), format)
}

impl MetricsSource for ScrapeSource {
    fn render(&self, format: Format) -> Result<String, Box<dyn Error + Send + Sync>> {
        Ok(self.exposition(format)?)
    }

    fn unavailable(&self) -> Option<(StatusCode, &'static str)> {
        let Some(pipeline) = &self.pipeline else {
            return Some((
                StatusCode::NOT_FOUND,
                "metrics are disabled; `telemetry.metrics.enabled: true` or TELEMETRY_ENABLED=true \
                 enables them, unless OTEL_SDK_DISABLED is true",
            ));
        };
        if self.collector.is_none() {
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

    fn readiness(&self) -> Result<(), Vec<String>> {
        let reasons = self.readiness.reasons();
        if reasons.is_empty() { Ok(()) } else { Err(reasons) }
    }
}
