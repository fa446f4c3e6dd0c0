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
    /// The longest id.
    pub const MAX_LENGTH: usize = 64;

    /// Whether a text is an id: it has 1 to 64 letters, digits, `-`, `_` and `.`.
    pub fn is_one(text: &str) -> bool {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        (1..=Self::MAX_LENGTH).contains(&text.len()) && text.chars().all(is_plain)
    }

    /// A text of a message or a table, where anything may write: `foreign` if it is no id, so that
    /// labels and the log do not grow with it.
    pub fn known(text: String) -> String {
        if Self::is_one(&text) { text } else { "foreign".to_owned() }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id_is_foreign() {
        for id in ["mine", "01a22e7423627532a13a06345ce53299", &"x".repeat(64)] {
            assert_eq!(CorrelationId::known(id.to_owned()), id);
        }
        for text in ["", "a b", "\u{1b}[31m", "ä", &"x".repeat(65)] {
            assert_eq!(CorrelationId::known(text.to_owned()), "foreign");
        }
    }
}
