use crate::core::storage::value::Value;

/// What one series of a histogram has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// How many samples.
    pub(crate) count: u64,
    /// Their sum.
    pub(crate) sum: Value,
    /// The least and the greatest of them, if there are any.
    pub(crate) extremes: Option<(Value, Value)>,
    /// How many are in each bucket of the declared boundaries, and beyond the last one.
    pub(crate) buckets: Vec<u64>,
}
