//! The runtime: from the linked descriptors to running exporters, and back down again.

mod builder;
#[cfg_attr(not(feature = "console"), path = "no_console.rs")]
mod console;
mod error;
mod flushing;
mod live;
#[cfg_attr(not(feature = "_otlp"), path = "unpushed.rs")]
mod pushed;
mod readiness;
#[cfg_attr(not(feature = "prometheus"), path = "unserved.rs")]
mod served;

pub use builder::MetricsBuilder;
pub use error::{FlushError, InstallError};
pub(crate) use readiness::Readiness;

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use opentelemetry_sdk::{error::OTelSdkResult, metrics::SdkMeterProvider};

use crate::{
    config::MetricsConfig,
    core::{
        catalogue::Catalogue,
        registry::declare_handlers,
        self_metrics::observe_instruments,
        sync::{Moment, scope},
    },
    provider::{Provider, Readers, View, resource},
};
use flushing::{Flushing, Turn};
use pushed::Push;
use served::{Pull, Served};

/// How long [`Metrics::shutdown`], or dropping the value, waits for the last export.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(5);

/// The metrics runtime of a process: it gathers what is linked in, owns the OpenTelemetry provider,
/// and serves the same numbers to Prometheus and over OTLP.
///
/// ```
/// use osapi_metrics::{Metrics, exposition::Format};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let metrics = Metrics::builder().service_name("osapi-api").enabled(true).install()?;
/// assert!(metrics.render(Format::OpenMetrics).ends_with("# EOF\n"));
/// metrics.shutdown()?;
/// # Ok(())
/// # }
/// ```
///
/// Keep the value as long as the process records: dropping it shuts the runtime down.
#[derive(Debug)]
#[must_use = "dropping the runtime shuts it down"]
pub struct Metrics {
    shared: Arc<Shared>,
    served: Served,
}

/// What the endpoint needs as well.
#[derive(Debug)]
struct Shared {
    config: MetricsConfig,
    catalogue: Catalogue,
    #[cfg_attr(not(feature = "prometheus"), expect(dead_code, reason = "the endpoint asks"))]
    readiness: Readiness,
    /// Absent if metrics are disabled.
    running: OnceLock<Running>,
}

#[derive(Debug)]
struct Running {
    provider: Arc<Provider>,
    #[cfg_attr(not(feature = "prometheus"), expect(dead_code, reason = "the exposition reads"))]
    pull: Pull,
    push: Arc<Push>,
    flushing: Arc<Flushing>,
    ended: AtomicBool,
}

impl Metrics {
    /// Begins to describe a runtime.
    pub fn builder() -> MetricsBuilder {
        MetricsBuilder::new()
    }

    /// Every metric that is linked into the program.
    pub fn catalogue(&self) -> &Catalogue {
        &self.shared.catalogue
    }

    /// The configuration in force, with the environment on top.
    pub fn config(&self) -> &MetricsConfig {
        &self.shared.config
    }

    /// The OpenTelemetry provider, for instruments of other libraries; `None` if metrics are
    /// disabled.
    pub fn provider(&self) -> Option<&SdkMeterProvider> {
        self.shared.running.get().map(|running| running.provider.sdk())
    }

    /// Exports what was recorded so far and waits for it, at most for the time that one export may
    /// take (`telemetry.metrics.otlp.timeout`). It blocks the thread.
    ///
    /// # Errors
    ///
    /// [`FlushError`] if an exporter failed or was not finished in time.
    pub fn flush(&self) -> Result<(), FlushError> {
        let Some(running) = self.shared.running.get() else { return Ok(()) };
        if running.ended.load(Ordering::Acquire) {
            return Err(FlushError::AlreadyShutdown);
        }
        running.within(self.shared.config.otlp.timeout, SdkMeterProvider::force_flush)
    }

    /// Exports what was recorded so far and ends the runtime, within 5 s. It blocks the thread.
    /// Dropping the value does the same; a second call does nothing.
    ///
    /// # Errors
    ///
    /// [`FlushError`] if the last export failed or was not finished in time. The runtime has ended
    /// in any case.
    pub fn shutdown(&self) -> Result<(), FlushError> {
        self.shutdown_within(SHUTDOWN_LIMIT)
    }

    /// Like [`shutdown`](Self::shutdown), within another time.
    ///
    /// # Errors
    ///
    /// As [`shutdown`](Self::shutdown).
    pub fn shutdown_within(&self, limit: Duration) -> Result<(), FlushError> {
        self.served.stop();
        let Some(running) = self.shared.running.get() else { return Ok(()) };
        if running.ended.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let result = running.within(limit, SdkMeterProvider::shutdown);
        live::ended(running.provider.id());
        running.provider.detach();
        result
    }

    fn prepare(
        config: MetricsConfig,
        catalogue: Catalogue,
        readiness: Readiness,
    ) -> Result<Self, InstallError> {
        let shared = Arc::new(Shared { config, catalogue, readiness, running: OnceLock::new() });
        Ok(Self { served: Served::prepare(&shared)?, shared })
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        if let Err(error) = self.shutdown() {
            tracing::warn!(%error, "the metrics runtime could not export everything at its end");
        }
    }
}

impl Shared {
    /// Starts provider and exporters. Nothing runs if this fails.
    fn start(&self, mut readers: Readers, views: Vec<View>) -> Result<(), InstallError> {
        let Self { config, catalogue, .. } = self;
        let reader = served::add_reader(&mut readers, config);
        console::check(config)?;
        let push = Arc::new(pushed::add_reader(&mut readers, config)?);
        console::add_reader(&mut readers, config);

        let aggregations = readers.aggregations();
        let (limit, buckets) = (config.cardinality_limit, &config.buckets);
        let provider = Provider::start(resource(config), readers, views, catalogue, limit, buckets);
        live::started(provider.id(), provider.sdk());
        Moment::prepare();
        // A test that captures may install a runtime, which is to show what is exported.
        scope::suspended(|| {
            declare_handlers();
            observe_instruments();
        });

        let running = Running {
            pull: served::pull(reader, aggregations, &provider),
            provider: Arc::new(provider),
            push,
            flushing: Arc::default(),
            ended: AtomicBool::new(false),
        };
        // `start` is called once, so there is nothing in it yet.
        let _ = self.running.set(running);
        Ok(())
    }
}

impl Running {
    /// Waits for `work` on a thread of its own, because collection runs callbacks of users, which
    /// nothing else bounds.
    fn within(
        &self,
        limit: Duration,
        work: fn(&SdkMeterProvider) -> OTelSdkResult,
    ) -> Result<(), FlushError> {
        let timeout = || FlushError::Timeout { limit };
        let begin = Instant::now();
        let turn = Turn::wait(&self.flushing, limit).ok_or_else(timeout)?;
        let left = limit.saturating_sub(begin.elapsed());

        let (done, wait) = mpsc::sync_channel(1);
        let (provider, push) = (Arc::clone(&self.provider), Arc::clone(&self.push));
        let work = move || {
            let result = push.within(left, || work(provider.sdk()));
            drop(turn);
            // Nobody listens any more once the time is up.
            let _ = done.send(result);
        };
        let thread = thread::Builder::new().name("osapi-metrics-flush".to_owned());
        thread.spawn(work).map_err(FlushError::Thread)?;
        match wait.recv_timeout(left) {
            Ok(result) => Ok(result?),
            Err(mpsc::RecvTimeoutError::Timeout) => Err(timeout()),
            Err(mpsc::RecvTimeoutError::Disconnected) => Err(FlushError::Panicked),
        }
    }
}
