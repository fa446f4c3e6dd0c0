use std::time::Duration;

use osapi_metrics_rules::explain_stale_after;

use crate::attribute::{Entries, Errors};

/// Reads `stale_after = "30s"` (rule T5).
pub(super) fn check_staleness(entries: &Entries, errors: &mut Errors) -> Option<Duration> {
    let (after, text) = entries.duration("stale_after", "the time", errors)?;
    if let Some(mistake) = explain_stale_after(after) {
        errors.report(text.span, mistake);
        return None;
    }
    Some(after)
}
