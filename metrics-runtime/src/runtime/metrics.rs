use std::{sync::Arc, time::Duration};

use opentelemetry_sdk::metrics::SdkMeterProvider;

use super::{error::FlushError, pipeline::Pipeline, prometheus::Prometheus};
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
    /// that one export may take (`telemetry.metrics.otlp.timeout`). It blocks the thread.
    ///
    /// # Errors
    ///
    /// [`FlushError`] if an exporter failed or was not finished in time.
    pub fn flush(&self) -> Result<(), FlushError> {
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        pipeline.flush(self.config.otlp.timeout)
    }

    /// Exports all values that were recorded so far and ends the runtime, within 5 s. It blocks the
    /// thread. Dropping the value does the same; a second call does nothing.
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
        self.prometheus.stop();
        let Some(pipeline) = &self.pipeline else { return Ok(()) };
        pipeline.shutdown(limit)
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        if let Err(error) = self.shutdown() {
            tracing::warn!(%error, "the metrics runtime could not export everything at its end");
        }
    }
}
