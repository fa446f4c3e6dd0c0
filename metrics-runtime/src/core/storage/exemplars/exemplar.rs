use super::labels::ExemplarLabels;
use crate::core::{storage::value::Value, sync::Timestamp};

/// A sample of a series, and where it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// The sample: of a counter, what was added.
    pub(crate) value: Value,
    pub(crate) time: Timestamp,
    /// The span that was current, if it is sampled.
    pub(crate) trace: Option<TraceIds>,
    /// The labels that the series does not have, if the sample was recorded with some.
    pub(crate) labels: Option<ExemplarLabels>,
}

/// A span and its trace. Neither is all zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TraceIds {
    pub(crate) trace: [u8; 16],
    pub(crate) span: [u8; 8],
}
