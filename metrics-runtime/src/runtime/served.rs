//! The runtime over HTTP.

use std::{
    error::Error,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use ::http::StatusCode;
use opentelemetry_sdk::{error::OTelSdkError, metrics::data::ResourceMetrics};

use super::{InstallError, Metrics, Shared};
use crate::{
    config::MetricsConfig,
    exposition::{Exposition, Format},
    http::{self, Endpoint, ServeError, ServerHandle, Source},
    provider::{Provider, PullReader, Readers},
};

/// The endpoint, and the servers that were started for it.
#[derive(Debug)]
pub(super) struct Served {
    endpoint: Endpoint,
    servers: Mutex<Vec<ServerHandle>>,
}

/// The reader that scrapes ask, unless the configuration wants no Prometheus endpoint.
pub(super) type Reader = Option<PullReader>;

/// What scrapes are made of, unless the configuration wants no Prometheus endpoint.
pub(super) type Pull = Option<Scraped>;

#[derive(Debug)]
pub(super) struct Scraped {
    reader: PullReader,
    /// Whether other aggregations' collections write into that of the reader.
    beside_others: bool,
    exposition: Mutex<Exposition>,
}

pub(super) fn add_reader(readers: &mut Readers, config: &MetricsConfig) -> Reader {
    let reader = config.prometheus.then(PullReader::new)?;
    readers.share_with_scrapes(reader.clone());
    Some(reader)
}

pub(super) fn pull(reader: Reader, aggregations: usize, provider: &Provider) -> Pull {
    let exposition = Mutex::new(Exposition::new(provider.direct()));
    reader.map(|reader| Scraped { reader, beside_others: aggregations > 1, exposition })
}

impl Scraped {
    fn render(&self, format: Format) -> Result<String, OTelSdkError> {
        // Before the lock: a callback that asks runs while this thread holds it.
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

impl Served {
    pub(super) fn prepare(shared: &Arc<Shared>) -> Result<Self, InstallError> {
        let source = Arc::clone(shared);
        let endpoint = Endpoint::new(source, &shared.config)?;
        Ok(Self { endpoint, servers: Mutex::default() })
    }

    pub(super) fn stop(&self) {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Metrics {
    /// What a scrape would get: every metric, in the given format.
    ///
    /// It runs the callbacks of observable instruments. If metrics are disabled or the runtime is
    /// shut down, there are no metrics in it; nor if it is called from such a callback, or after an
    /// instrument of another library has panicked in one, which ends the SDK's collection for good:
    /// that is logged, and a scrape is answered with 500.
    pub fn render(&self, format: Format) -> String {
        self.shared.exposition(format).unwrap_or_else(|error| {
            tracing::error!(%error, "the metrics could not be collected");
            nothing(format)
        })
    }

    /// Serves `/metrics`, `/health` and `/health/ready` where the configuration says
    /// (`telemetry.metrics.listen`), for a process without a web server of its own. Returns the
    /// bound address; with port 0 the system chooses one. The server runs on the current tokio
    /// runtime until this value is dropped or shut down.
    ///
    /// It speaks HTTP/1.1 without TLS. `telemetry.metrics.max_concurrent_scrapes` go on at a time,
    /// each for at most `telemetry.metrics.scrape_timeout`, and as long again until its client has
    /// read it. There are at most 512 connections; one on which no complete request arrives for 75 s
    /// is closed, as is one whose client reads nothing for 30 s.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use osapi_metrics::{Metrics, config::MetricsConfig};
    ///
    /// let mut config = MetricsConfig::default();
    /// config.listen = "127.0.0.1:0".parse()?;
    /// let metrics = Metrics::builder().config(config).enabled(true).install()?;
    /// let address = metrics.serve().await?;
    /// println!("metrics are at http://{address}/metrics");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ServeError`] if it cannot listen there, or outside a tokio runtime.
    pub async fn serve(&self) -> Result<SocketAddr, ServeError> {
        let endpoint = self.served.endpoint.clone();
        let (address, server) = http::serve(endpoint, self.shared.config.listen).await?;
        self.served.servers.lock().unwrap_or_else(PoisonError::into_inner).push(server);
        Ok(address)
    }

    /// `/metrics`, `/health` and `/health/ready`, to merge into an axum application.
    #[cfg(feature = "axum")]
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> axum::Router<S> {
        http::router(self.served.endpoint.clone())
    }
}

impl Shared {
    /// Nothing, if metrics are disabled, not served to Prometheus, or shut down.
    fn exposition(&self, format: Format) -> Result<String, OTelSdkError> {
        let running = self.running.get();
        let running = running.filter(|running| !running.ended.load(Ordering::Acquire));
        match running.and_then(|running| running.pull.as_ref()) {
            Some(pull) => pull.render(format),
            None => Ok(nothing(format)),
        }
    }
}

/// A scrape without metrics.
fn nothing(format: Format) -> String {
    Exposition::default().render(&ResourceMetrics::default(), format)
}

impl Source for Shared {
    fn render(&self, format: Format) -> Result<String, Box<dyn Error + Send + Sync>> {
        Ok(self.exposition(format)?)
    }

    fn unavailable(&self) -> Option<(StatusCode, &'static str)> {
        let Some(running) = self.running.get() else {
            return Some((
                StatusCode::NOT_FOUND,
                "metrics are disabled; `telemetry.metrics.enabled: true` or TELEMETRY_ENABLED=true \
                 enables them, unless OTEL_SDK_DISABLED is true",
            ));
        };
        if running.pull.is_none() {
            return Some((
                StatusCode::NOT_FOUND,
                "the Prometheus exporter is off; `telemetry.metrics.prometheus: true`, or \
                 `prometheus` in OTEL_METRICS_EXPORTER, turns it on",
            ));
        }
        running
            .ended
            .load(Ordering::Acquire)
            .then_some((StatusCode::SERVICE_UNAVAILABLE, "the metrics runtime is shut down"))
    }

    fn readiness(&self) -> Result<(), Vec<String>> {
        let reasons = self.readiness.reasons();
        if reasons.is_empty() { Ok(()) } else { Err(reasons) }
    }
}
