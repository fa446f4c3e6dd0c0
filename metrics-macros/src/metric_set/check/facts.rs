use osapi_metrics_rules::InstrumentKind;
use syn::Ident;

use crate::{
    attribute::{Entries, Errors},
    metric_set::{key::reject_key, rules::SetRules},
};

/// Checks rule I5: infos and state sets have neither a unit nor thresholds, and a state set is no
/// metric of a group.
pub(super) fn check_keys(
    field: &Ident,
    kind: InstrumentKind,
    entries: &Entries,
    rules: &SetRules,
    errors: &mut Errors,
) {
    let (unit, threshold) = match kind {
        InstrumentKind::Info => (
            "its value is always 1; remove it",
            "its value is always 1; remove it, or make the field a `Gauge`",
        ),
        InstrumentKind::StateSet => (
            "its values are 1 and 0; remove it",
            "its values are 1 and 0; remove it, and write the alert with the state in its query",
        ),
        _ => return,
    };
    reject_key("unit", entries, kind, unit, errors);
    for key in ["warning", "critical"] {
        reject_key(key, entries, kind, threshold, errors);
    }
    if kind == InstrumentKind::StateSet && rules.is_group {
        errors.report(
            field.span(),
            "the name of a state set is the key of its label, and a group knows no whole names; \
             declare the state set in the sets that use the group",
        );
    }
}
