use std::sync::Arc;

use opentelemetry::KeyValue;

use crate::labels::OwnedLabel;

/// The labels of one series.
#[derive(Debug, PartialEq)]
pub struct SeriesLabels {
    /// The value of each label, in the order in which the metric declares them.
    pub(crate) values: Box<[OwnedLabel]>,
    /// The same as the SDK is given them: sorted by key, without those that are absent.
    pub(crate) attributes: Box<[KeyValue]>,
}

/// The series of a metric; the same slice as long as none comes or goes.
pub(crate) type AllSeries = Arc<[Arc<SeriesLabels>]>;

/// The value of one series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// Of an instrument of unsigned integers.
    U64(u64),
    /// Of an instrument of signed integers.
    I64(i64),
    /// Of an instrument of floating point numbers.
    F64(f64),
}
