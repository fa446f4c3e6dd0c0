use osapi_metrics_rules::explain_absence;

use crate::attribute::{Entries, Errors, Text};

/// Reads `absent_until = "…"` (rule D3).
pub(super) fn check_absence(entries: &Entries, errors: &mut Errors) -> Option<Text> {
    let until = entries.text("absent_until", errors)?;
    if let Some(mistake) = explain_absence(&until.value) {
        errors.report(until.span, mistake);
        return None;
    }
    Some(until)
}
