use osapi_metrics_rules::explain_runbook;

use crate::attribute::{Entries, Errors, Text};

/// Reads `runbook = "https://…"` (rule D2).
pub(super) fn check_runbook(entries: &Entries, errors: &mut Errors) -> Option<Text> {
    let runbook = entries.text("runbook", errors)?;
    if let Some(mistake) = explain_runbook(&runbook.value) {
        errors.report(runbook.span, mistake);
        return None;
    }
    Some(runbook)
}
