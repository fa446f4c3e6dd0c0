use std::{fmt, sync::Weak, time::Duration};

use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{InstrumentKind, Pipeline, Temporality, data::ResourceMetrics, reader::MetricReader},
};

/// Readers of cumulative temporality that read one aggregation.
///
/// In the SDK each reader has a pipeline of its own, and a value that a callback observes goes into
/// all pipelines, whichever reader collects. A value that has ended would be exported once more by
/// every reader that did not collect last. With one pipeline all readers see the same values, and
/// each sample of a histogram is recorded once.
pub(in crate::provider) struct SharedReader(pub(in crate::provider) Vec<Box<dyn MetricReader>>);

impl MetricReader for SharedReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        for reader in &self.0 {
            reader.register_pipeline(pipeline.clone());
        }
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.first().map_or(Ok(()), |reader| reader.collect(metrics))
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.each(<dyn MetricReader>::force_flush)
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.each(|reader| reader.shutdown_with_timeout(timeout))
    }

    fn temporality(&self, _: InstrumentKind) -> Temporality {
        Temporality::Cumulative
    }
}

impl SharedReader {
    /// Calls every reader, also after one has failed. The first failure is the result.
    fn each(&self, call: impl Fn(&dyn MetricReader) -> OTelSdkResult) -> OTelSdkResult {
        self.0.iter().map(|reader| call(reader.as_ref())).fold(Ok(()), OTelSdkResult::and)
    }
}

impl fmt::Debug for SharedReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SharedReader").field(&self.0).finish()
    }
}
