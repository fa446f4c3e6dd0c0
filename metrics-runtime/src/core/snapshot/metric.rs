use std::sync::Arc;

use super::{exemplars::Exemplars, identity::MetricIdentity, values::Values};
use crate::core::{
    descriptor::{ConstantLabel, MetricDescriptor},
    storage::AllSeries,
};

/// One metric at one moment.
#[derive(Clone, Debug)]
pub(crate) struct MetricSnapshot {
    /// The same pointer in every snapshot of a collector.
    pub(crate) identity: Arc<MetricIdentity>,
    /// The labels that its set gives every series; those of the runtime are beside all metrics.
    pub(crate) constants: &'static [ConstantLabel],
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
            constants: metric.constant_labels,
            series: Arc::new([]),
            values: Values::default(),
            exemplars: Exemplars::default(),
        }
    }
}
