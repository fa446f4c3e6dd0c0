use std::{fmt, sync::Arc};

use super::{core_instrument::CoreInstrument, error::CollectError};
use crate::{
    bridge::{Bridge, COLLECTING, OtherMetrics, ThreadFlagGuard},
    core::{
        snapshot::{MetricSnapshot, Snapshot},
        sync::{Timestamp, split},
    },
};

/// Collects snapshots for one exporter.
pub(crate) struct Collector {
    bridge: Arc<Bridge>,
    instruments: Vec<CoreInstrument>,
    others: OtherMetrics,
    snapshot: Snapshot,
}

impl Collector {
    pub(crate) fn new(bridge: Arc<Bridge>) -> Self {
        let instruments: Vec<_> = bridge.direct().map(CoreInstrument::new).collect();
        let descriptors = instruments.iter().map(CoreInstrument::descriptor);
        let mut metrics: Vec<_> = descriptors.map(MetricSnapshot::without_series).collect();
        metrics.extend(bridge.build_info().cloned());
        let snapshot = Snapshot {
            resource: Arc::clone(bridge.resource()),
            constants: Arc::clone(bridge.constants()),
            metrics,
            ..Snapshot::default()
        };
        Self { bridge, instruments, others: OtherMetrics::default(), snapshot }
    }

    /// Begins a collection on this thread, which lasts as long as the result lives. Fails in a
    /// callback of a collection that this thread runs.
    ///
    /// Called before a lock that the callback of a collection could wait for.
    pub(crate) fn begin() -> Result<ThreadFlagGuard, CollectError> {
        if COLLECTING.is_set() { Err(CollectError::Nested) } else { Ok(COLLECTING.set()) }
    }

    /// Reads every metric. The guard is from [`begin`](Self::begin).
    pub(crate) fn collect(&mut self, _: &ThreadFlagGuard) -> Result<&Snapshot, CollectError> {
        let Self { bridge, instruments, others, snapshot } = self;
        let Snapshot { time, metrics, .. } = snapshot;
        let collected = bridge.collect()?;
        for (instrument, metric) in instruments.iter().zip(metrics.iter_mut()) {
            instrument.read(metric);
        }
        metrics.truncate(instruments.len() + usize::from(bridge.build_info().is_some()));
        others.join(&collected, |metric| bridge.is_duplicate(metric), metrics);
        // The clock can be set back.
        *time = Timestamp::now().max(*time);
        if split::has_lost_lock() {
            return Err(CollectError::LostLock);
        }
        Ok(snapshot)
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("bridge", &self.bridge).finish_non_exhaustive()
    }
}
