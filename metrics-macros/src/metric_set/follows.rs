use osapi_metrics_rules::InstrumentKind;
use syn::{Ident, spanned::Spanned};

use super::check::SetRules;
use crate::{
    attribute::{Entries, unknown},
    errors::Errors,
};

/// What a metric records of jobs: the name of a function of `osapi_metrics`, or the age of the
/// oldest job, which is observed rather than recorded.
pub(super) enum Follows {
    Event(Ident),
    OldestActive,
}

const EVENTS: [&str; 13] = [
    "created",
    "started",
    "completed",
    "failed",
    "timed_out",
    "cancelled",
    "panicked",
    "finished",
    "active",
    "duration",
    "queue_wait",
    "output_size",
    "oldest_active",
];

/// `on = …`
pub(super) fn check_follows(
    field: &Ident,
    kind: InstrumentKind,
    observable: bool,
    entries: &Entries,
    rules: &SetRules,
    errors: &mut Errors,
) -> Option<Follows> {
    let entry = entries.get("on")?;
    if !rules.follows_jobs {
        errors.report(
            entry.key.span(),
            "the set does not follow jobs; add `job(labels = …)` to its `#[metric_set(…)]`",
        );
    }
    let path = entries.path("on", "finished", errors)?;
    let event = path.get_ident().filter(|event| EVENTS.iter().any(|known| event == known));
    let Some(event) = event else {
        let given = path.segments.iter().map(|s| s.ident.to_string()).collect::<Vec<_>>();
        errors.report(path.span(), unknown("event", &given.join("::"), &EVENTS));
        return None;
    };
    let (needed, of_kind, observed) = match event.to_string().as_str() {
        "active" => ("an `UpDownCounter`", InstrumentKind::UpDownCounter, false),
        "duration" | "queue_wait" | "output_size" => {
            ("a `Histogram`", InstrumentKind::Histogram, false)
        }
        "oldest_active" => ("an `ObservableGauge`", InstrumentKind::Gauge, true),
        _ => ("a `Counter`", InstrumentKind::Counter, false),
    };
    if kind != of_kind || observable != observed {
        let message = format!("`on = {event}` needs {needed}; change the type of `{field}`");
        errors.report(event.span(), message);
        return None;
    }
    if !rules.follows_jobs {
        return None;
    }
    Some(if observed { Follows::OldestActive } else { Follows::Event(event.clone()) })
}
