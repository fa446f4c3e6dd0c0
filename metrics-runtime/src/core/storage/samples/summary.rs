use crate::core::storage::value::Value;

/// The distribution of the samples of one series of a histogram.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The number of samples.
    pub(crate) count: u64,
    /// The sum of the samples.
    pub(crate) sum: Value,
    /// The least and the greatest sample, if there are samples.
    pub(crate) extremes: Option<(Value, Value)>,
    /// The number of samples in each bucket of the declared boundaries, and beyond the last
    /// boundary.
    pub(crate) buckets: Vec<u64>,
}
