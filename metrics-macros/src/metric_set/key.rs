use osapi_metrics_rules::InstrumentKind;

use crate::attribute::{Entries, Errors};

/// The kind of an instrument with its article: "a counter", "an up-down counter".
pub(super) fn with_article(kind: InstrumentKind) -> String {
    let article = if kind == InstrumentKind::UpDownCounter { "an" } else { "a" };
    format!("{article} {}", kind.as_str())
}

/// Reports a key that does not fit the kind of the instrument (rule I3).
pub(super) fn reject_key(
    key: &str,
    entries: &Entries,
    kind: InstrumentKind,
    remedy: &str,
    errors: &mut Errors,
) {
    if let Some(entry) = entries.get(key) {
        let message = format!("`{key}` does not fit {}; {remedy}", with_article(kind));
        errors.report(entry.key.span(), message);
    }
}
