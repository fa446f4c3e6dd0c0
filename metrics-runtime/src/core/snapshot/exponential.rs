use crate::core::storage::{NativeBuckets, SignedBuckets, Value};

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

impl ExponentialDistribution {
    /// The distribution of samples in native buckets.
    pub(crate) fn of_native(
        count: u64,
        sum: Value,
        extremes: (Value, Value),
        buckets: NativeBuckets,
    ) -> Self {
        let of_sign = |SignedBuckets { offset, counts }| ExponentialBuckets { offset, counts };
        Self {
            count,
            sum,
            extremes: Some(extremes),
            scale: buckets.schema,
            zero_count: buckets.zero_count,
            zero_threshold: 0.0,
            positive: of_sign(buckets.positive),
            negative: of_sign(buckets.negative),
        }
    }
}

/// The buckets of one sign.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ExponentialBuckets {
    /// The index of the first bucket.
    pub(crate) offset: i32,
    pub(crate) counts: Vec<u64>,
}
