use std::sync::Arc;

use crate::core::{
    snapshot::{ExponentialDistribution, Values},
    storage::Value,
};

/// The value of one series at one moment, or the difference between two moments.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::otlp) enum PointValue {
    Number(Value),
    Bucketed(BucketedValue),
    Exponential(ExponentialDistribution),
}

/// A distribution over buckets with boundaries.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::otlp) struct BucketedValue {
    pub(in crate::otlp) count: u64,
    pub(in crate::otlp) sum: Value,
    pub(in crate::otlp) extremes: Option<(Value, Value)>,
    /// Empty if the buckets of the samples are not known.
    pub(in crate::otlp) boundaries: Arc<[f64]>,
    /// One bucket more than boundaries, or none if the buckets of the samples are not known.
    pub(in crate::otlp) buckets: Vec<u64>,
}

impl PointValue {
    /// The value of the series at this position, if it has one.
    pub(in crate::otlp) fn of(values: &Values, position: usize) -> Option<Self> {
        Some(match values {
            Values::Numbers(numbers) => Self::Number(numbers[position]?),
            Values::Distributions(distributions) => {
                if let Some(native) = distributions.native(position) {
                    return Some(Self::Exponential(native.clone()));
                }
                let point = distributions.get(position)?;
                Self::Bucketed(BucketedValue {
                    count: point.count,
                    sum: point.sum,
                    extremes: point.extremes,
                    boundaries: Arc::clone(point.boundaries),
                    buckets: point.buckets.to_vec(),
                })
            }
            Values::Exponential(distributions) => {
                Self::Exponential(distributions[position].clone()?)
            }
        })
    }
}
