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

use super::super::collecting::{GoingOn, collecting, is_collecting, scraping};

/// A reader that is asked by the exposition and registered with the provider at once.
#[derive(Clone)]
pub(crate) struct PullReader(Arc<ManualReader>);

impl PullReader {
    pub(crate) fn new() -> Self {
        let reader = ManualReader::builder().with_temporality(Temporality::Cumulative);
        Self(Arc::new(reader.build()))
    }

    /// Begins a scrape, which lasts as long as the result lives. Refused to the callbacks of a
    /// collection that this thread runs.
    pub(crate) fn begin() -> Result<GoingOn, OTelSdkError> {
        if is_collecting() {
            return Err(OTelSdkError::InternalFailure(
                "an observation asked for a collection while one runs its callbacks".to_owned(),
            ));
        }
        Ok(collecting())
    }

    /// Gathers what a scrape takes from the SDK: everything but the values of the instruments that
    /// it reads directly, whose callbacks observe nothing meanwhile.
    ///
    /// With `beside_others` it collects twice: the callbacks of readers with other aggregations have
    /// written into this one too, also values that are gone by now, and the first collection takes
    /// those away.
    pub(crate) fn read(&self, beside_others: bool) -> Result<ResourceMetrics, OTelSdkError> {
        let _scraping = scraping();
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
