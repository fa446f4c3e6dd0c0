use osapi_metrics_rules::InstrumentKind;

use crate::attribute::{Entries, Errors};

/// Reports a key that does not fit the kind of the instrument (rule I3).
pub(super) fn reject_key(
    key: &str,
    entries: &Entries,
    kind: InstrumentKind,
    remedy: &str,
    errors: &mut Errors,
) {
    if let Some(entry) = entries.get(key) {
        let message = format!("`{key}` does not fit {}; {remedy}", kind.with_article());
        errors.report(entry.key.span(), message);
    }
}
