use std::sync::Arc;

use super::{exemplars::Exemplars, identity::MetricIdentity, values::Values};
use crate::core::{descriptor::MetricDescriptor, storage::AllSeries};

/// One metric at one moment.
#[derive(Clone, Debug)]
pub(crate) struct MetricSnapshot {
    /// The same pointer in every snapshot of a collector.
    pub(crate) identity: Arc<MetricIdentity>,
    /// The series, in the order of the values. The same pointer as in the last snapshot as long as
    /// no series begins or ends, and the same pointer to the labels of a series as long as the
    /// series exists.
    pub(crate) series: AllSeries,
    pub(crate) values: Values,
    /// Of counters and histograms.
    pub(crate) exemplars: Exemplars,
}

impl MetricSnapshot {
    /// A declared metric before it is read.
    pub(crate) fn without_series(metric: &MetricDescriptor) -> Self {
        Self {
            identity: Arc::new(MetricIdentity::of(metric)),
            series: Arc::new([]),
            values: Values::default(),
            exemplars: Exemplars::default(),
        }
    }
}
