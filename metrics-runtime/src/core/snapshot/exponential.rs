use crate::core::storage::Value;

/// The distribution of samples over buckets that grow by a constant factor.
///
/// Bucket `i` of scale `s` holds values above `base^i` up to `base^(i + 1)`, with
/// `base = 2^(2^-s)`. The data model of OpenTelemetry defines it.
#[derive(Clone, Debug, PartialEq)]
pub struct ExponentialDistribution {
    pub(crate) count: u64,
    pub(crate) sum: Value,
    /// The least and the greatest sample, if they are known.
    pub(crate) extremes: Option<(Value, Value)>,
    pub(crate) scale: i32,
    /// Samples whose magnitude is at most the threshold.
    pub(crate) zero_count: u64,
    pub(crate) zero_threshold: f64,
    pub(crate) positive: ExponentialBuckets,
    pub(crate) negative: ExponentialBuckets,
}

/// The buckets of one sign.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ExponentialBuckets {
    /// The index of the first bucket.
    pub(crate) offset: i32,
    pub(crate) counts: Vec<u64>,
}
