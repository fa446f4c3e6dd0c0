//! Snapshots of a provider of the SDK, for tests of other rooms.

use std::sync::Arc;

use opentelemetry_sdk::metrics::reader::MetricReader;

use super::{experimental::PullReader, others::OtherMetrics, resource::resource};
use crate::core::snapshot::{Resource, Snapshot};

/// The snapshots of everything that is in a provider.
#[derive(Debug)]
pub(crate) struct SdkSnapshots {
    reader: PullReader,
    resource: Arc<Resource>,
    metrics: OtherMetrics,
}

impl SdkSnapshots {
    pub(crate) fn new(sdk_resource: &opentelemetry_sdk::Resource) -> Self {
        Self {
            reader: PullReader::new(),
            resource: Arc::new(resource(sdk_resource)),
            metrics: OtherMetrics::default(),
        }
    }

    /// The reader to add to the provider.
    pub(crate) fn reader(&self) -> impl MetricReader {
        self.reader.clone()
    }

    pub(crate) fn collect(&mut self) -> Snapshot {
        let resource = Arc::clone(&self.resource);
        let mut snapshot = Snapshot { resource, ..Snapshot::default() };
        let collected = self.reader.read(false).unwrap();
        self.metrics.join(&collected, |_| false, &mut snapshot.metrics);
        snapshot
    }
}
