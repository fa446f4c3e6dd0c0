//! Labels that every series of a runtime has.

use osapi_metrics_rules::{MAX_CONSTANT_LABEL_BYTES, MAX_CONSTANT_LABELS, check_label_key};

use super::error::InvalidValue;

/// Checks how many constant labels there are.
pub(super) fn check_number(labels: usize) -> Option<InvalidValue> {
    (labels > MAX_CONSTANT_LABELS).then(|| "at most 64 labels, as every series has them".into())
}

/// Checks the key and the value of a constant label.
pub(super) fn check(key: &str, text: &str) -> Option<InvalidValue> {
    if check_label_key(key).is_some() {
        Some("a key of lower-case letters, digits and single `_` that begins with a letter, other than those of scrapes (`job`, `instance`), of histograms (`le`, `quantile`) and of OpenTelemetry (`otel_scope_…`)".into())
    } else if key.len() > MAX_CONSTANT_LABEL_BYTES {
        Some("a key of at most 255 bytes".into())
    } else if text.len() > MAX_CONSTANT_LABEL_BYTES {
        Some("a text of at most 255 bytes".into())
    } else if text.is_empty() {
        Some("a text that is not empty, as an empty label is none".into())
    } else {
        None
    }
}
