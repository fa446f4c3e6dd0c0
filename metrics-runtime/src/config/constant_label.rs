//! Labels that every series of a runtime has.

use osapi_metrics_rules::check_label_key;

use super::error::InvalidValue;

/// Checks the key and the value of a constant label.
pub(super) fn check(key: &str, text: &str) -> Option<InvalidValue> {
    if check_label_key(key).is_some() {
        Some("a key of lower-case letters, digits and single `_` that begins with a letter, other than those of scrapes (`job`, `instance`), of histograms (`le`, `quantile`) and of OpenTelemetry (`otel_scope_…`)".into())
    } else if text.is_empty() {
        Some("a text that is not empty, as an empty label is none".into())
    } else {
        None
    }
}
