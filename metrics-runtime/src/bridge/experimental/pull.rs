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

use crate::bridge::thread_flag::PULLING;

/// The reader of the instruments of other libraries: the bridge collects through one clone, and the
/// provider holds another.
#[derive(Clone)]
pub(in crate::bridge) struct PullReader(Arc<ManualReader>);

impl PullReader {
    pub(in crate::bridge) fn new() -> Self {
        let reader = ManualReader::builder().with_temporality(Temporality::Cumulative);
        Self(Arc::new(reader.build()))
    }

    /// Collects the metrics. The callbacks of instruments that snapshots read directly observe
    /// nothing meanwhile.
    ///
    /// With `beside_others` the SDK collects twice. Collections for other readers write into this
    /// aggregation too, also values that have ended since. The first collection removes these
    /// values.
    pub(in crate::bridge) fn read(
        &self,
        beside_others: bool,
    ) -> Result<ResourceMetrics, OTelSdkError> {
        let _pulling = PULLING.set();
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
