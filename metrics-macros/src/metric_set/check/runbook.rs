use osapi_metrics_rules::explain_runbook;

use crate::attribute::{Entries, Errors, GivenText};

/// Reads `runbook = "https://…"` or a constant (rule D2).
pub(super) fn check_runbook(entries: &Entries, errors: &mut Errors) -> Option<GivenText> {
    let runbook = entries.given_text("runbook", errors)?;
    if let Some(written) = runbook.literal()
        && let Some(mistake) = explain_runbook(&written.value)
    {
        errors.report(written.span, mistake);
        return None;
    }
    Some(runbook)
}
