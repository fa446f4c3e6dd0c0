//! The id that all work for one request has in common.

use std::{fmt, sync::Arc};

use osapi_metrics::labels::{LabelRef, OpenLabelValue};

/// The number of correlation ids that have series at the same time. A new id ends the series of the
/// id that was used least recently, so that memory stays where it is however many tasks run.
pub const CORRELATION_WINDOW: usize = 500;

/// The id of a request in all of its steps, messages and metrics: the id of the trace where the
/// request belongs to one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// The text of the id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for CorrelationId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for CorrelationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl OpenLabelValue for CorrelationId {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(&self.0)
    }
}

/// Whether metrics have the label `correlation_id`.
#[derive(Clone, Copy, Debug)]
pub struct Correlations {
    /// Without it, the label is absent, and the sum over all series counts every task that there
    /// was.
    pub enabled: bool,
}

impl Correlations {
    /// The value of the label.
    pub fn label(self, id: &str) -> Option<CorrelationId> {
        self.enabled.then(|| id.into())
    }
}
