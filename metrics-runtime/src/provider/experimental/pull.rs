use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use opentelemetry_sdk::{
    error::{OTelSdkError, OTelSdkResult},
    metrics::{
        InstrumentKind, ManualReader, Pipeline, Temporality, data::ResourceMetrics,
        reader::MetricReader,
    },
};

use crate::provider::thread_flag::{COLLECTING, SCRAPING, ThreadFlagGuard};

/// The reader of scrapes: the runtime collects through one clone, and the provider holds another.
#[derive(Clone)]
pub(crate) struct PullReader(Arc<ManualReader>);

impl PullReader {
    pub(crate) fn new() -> Self {
        let reader = ManualReader::builder().with_temporality(Temporality::Cumulative);
        Self(Arc::new(reader.build()))
    }

    /// Begins a scrape, which lasts as long as the result lives. Fails in a callback of a
    /// collection that this thread runs.
    pub(crate) fn begin() -> Result<ThreadFlagGuard, OTelSdkError> {
        if COLLECTING.is_set() {
            return Err(OTelSdkError::InternalFailure(
                "an observation asked for a collection while one runs its callbacks".to_owned(),
            ));
        }
        Ok(COLLECTING.set())
    }

    /// Collects the metrics that a scrape takes from the SDK. The callbacks of the instruments that
    /// the scrape reads directly observe nothing meanwhile.
    ///
    /// With `beside_others` the SDK collects twice. Collections for other aggregations write into
    /// this aggregation too, also values that have ended since. The first collection removes these
    /// values.
    pub(crate) fn read(&self, beside_others: bool) -> Result<ResourceMetrics, OTelSdkError> {
        let _scraping = SCRAPING.set();
        let mut metrics = ResourceMetrics::default();
        if beside_others {
            self.0.collect(&mut metrics)?;
        }
        self.0.collect(&mut metrics)?;
        Ok(metrics)
    }
}

impl fmt::Debug for PullReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PullReader")
    }
}

impl MetricReader for PullReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}
