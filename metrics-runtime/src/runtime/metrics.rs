use std::{sync::Arc, time::Duration};

use opentelemetry_sdk::metrics::SdkMeterProvider;

use super::{
    completion::Completion, error::FlushError, pipeline::Pipeline, prometheus::Prometheus,
};
use crate::{config::MetricsConfig, core::catalogue::Catalogue};

/// The longest time that [`Metrics::shutdown`], or dropping the value, waits for the last export.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(5);

/// The metrics runtime of a process: it collects the linked metrics, owns the OpenTelemetry
/// provider, and serves the same numbers to Prometheus and over OTLP.
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
    pub(super) config: MetricsConfig,
    pub(super) catalogue: Catalogue,
    /// Absent if metrics are disabled.
    pub(super) pipeline: Option<Arc<Pipeline>>,
    pub(super) prometheus: Prometheus,
}

impl Metrics {
    /// Every metric that is linked into the program.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The configuration in force, with the environment merged into it.
    pub fn config(&self) -> &MetricsConfig {
        &self.config
    }

    /// The OpenTelemetry provider, for instruments of other libraries; `None` if metrics are
    /// disabled.
    pub fn provider(&self) -> Option<&SdkMeterProvider> {
        self.pipeline.as_ref().map(|pipeline| pipeline.bridge().sdk())
    }

    /// Exports all values that were recorded so far and waits for the export, at most for the time
    /// that one export may take (`telemetry.metrics.otlp.timeout`). It blocks the thread; in async
    /// code, [`flush_async`](Self::flush_async) does not.
    ///
    /// It exports over OTLP and to standard output, if these exporters are on, and flushes the
    /// readers that were added to the provider.
    ///
    /// # Errors
    ///
    /// [`FlushError`] if an exporter failed or was not finished in time.
    pub fn flush(&self) -> Result<(), FlushError> {
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        pipeline.flush(self.config.otlp.timeout)
    }

    /// Like [`flush`](Self::flush), without blocking the thread: the wait has a thread of its own,
    /// and any async runtime can await it. If the future is dropped, the flush goes on.
    ///
    /// ```
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use osapi_metrics::Metrics;
    ///
    /// let metrics = Metrics::builder().enabled(true).install()?;
    /// metrics.flush_async().await?;
    /// metrics.shutdown_async().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`flush`](Self::flush).
    pub async fn flush_async(&self) -> Result<(), FlushError> {
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        let limit = self.config.otlp.timeout;
        wait_for(pipeline, move |pipeline| pipeline.flush(limit)).await
    }

    /// Exports all values that were recorded so far and ends the runtime, within 5 s. It blocks the
    /// thread; in async code, [`shutdown_async`](Self::shutdown_async) does not. Dropping the value
    /// does the same; a second call does nothing.
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
        self.stop_servers();
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        pipeline.shutdown(limit)
    }

    /// Like [`shutdown`](Self::shutdown), without blocking the thread, as
    /// [`flush_async`](Self::flush_async). Await it before the value is dropped, which would block.
    ///
    /// # Errors
    ///
    /// As [`shutdown`](Self::shutdown).
    pub async fn shutdown_async(&self) -> Result<(), FlushError> {
        self.stop_servers();
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        wait_for(pipeline, |pipeline| pipeline.shutdown(SHUTDOWN_LIMIT)).await
    }

    /// Ends the servers, unless they are those of the process that this one was split from.
    fn stop_servers(&self) {
        if !self.is_of_other_process() {
            self.prometheus.stop();
        }
    }

    fn is_of_other_process(&self) -> bool {
        self.pipeline.as_ref().is_some_and(|pipeline| pipeline.process().is_other())
    }
}

/// Runs blocking work on a thread of its own.
async fn wait_for(
    pipeline: &Arc<Pipeline>,
    work: impl FnOnce(&Pipeline) -> Result<(), FlushError> + Send + 'static,
) -> Result<(), FlushError> {
    let pipeline = Arc::clone(pipeline);
    let completion = Completion::of(move || work(&pipeline)).map_err(FlushError::Thread)?;
    completion.await.unwrap_or(Err(FlushError::Panicked))
}

impl Drop for Metrics {
    fn drop(&mut self) {
        if self.is_of_other_process() {
            // To drop connections and servers of the other process would take locks that its
            // threads may have held.
            std::mem::forget(self.pipeline.take());
            self.prometheus.forget();
            return;
        }
        if let Err(error) = self.shutdown() {
            tracing::warn!(%error, "the metrics runtime could not export everything at its end");
        }
    }
}
