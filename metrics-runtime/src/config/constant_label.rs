//! Labels that every series of a runtime has.

use osapi_metrics_rules::check_label_key;

use super::error::InvalidValue;

/// The most labels, and the most bytes of a key or a value: every line of a scrape and every point
/// of a push repeats them.
const MAX_LABELS: usize = 64;
const MAX_BYTES: usize = 255;

/// Checks how many constant labels there are.
pub(super) fn check_number(labels: usize) -> Option<InvalidValue> {
    (labels > MAX_LABELS).then(|| "at most 64 labels, as every series has them".into())
}

/// Checks the key and the value of a constant label.
pub(super) fn check(key: &str, text: &str) -> Option<InvalidValue> {
    if check_label_key(key).is_some() {
        Some("a key of lower-case letters, digits and single `_` that begins with a letter, other than those of scrapes (`job`, `instance`), of histograms (`le`, `quantile`) and of OpenTelemetry (`otel_scope_…`)".into())
    } else if key.len() > MAX_BYTES {
        Some("a key of at most 255 bytes".into())
    } else if text.len() > MAX_BYTES {
        Some("a text of at most 255 bytes".into())
    } else if text.is_empty() {
        Some("a text that is not empty, as an empty label is none".into())
    } else {
        None
    }
}
