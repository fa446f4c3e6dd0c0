use std::sync::Arc;

use super::{constants::ConstantLabels, metric::MetricSnapshot, resource::Resource};
use crate::core::sync::Timestamp;

/// Every metric at one moment.
///
/// A collector fills one snapshot again and again, so that a collection that finds the series of
/// the last one allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) resource: Arc<Resource>,
    pub(crate) constants: Arc<ConstantLabels>,
    /// When the values were read.
    pub(crate) time: Timestamp,
    pub(crate) metrics: Vec<MetricSnapshot>,
}
