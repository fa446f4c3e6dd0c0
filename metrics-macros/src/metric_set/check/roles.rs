use osapi_metrics_rules::{InstrumentKind, parse_unit};
use syn::{Expr, Ident};

use super::events::{Word, written_words};
use crate::{
    attribute::{Entries, Errors, Text},
    metric_set::rules::{Recorded, SetRules},
};

/// Reads `on = …` and, for a counter of several roles, `on = [… , …]`. Only the compiler knows the
/// roles of the instrumentation, with their instruments and units.
pub(super) fn check_roles(
    kind: InstrumentKind,
    entries: &Entries,
    errors: &mut Errors,
) -> Vec<Ident> {
    let mut roles: Vec<Ident> = Vec::new();
    for written in written_words(entries, kind, &Word::ROLE, errors) {
        let role = match written {
            Expr::Path(path) => path.path.get_ident().cloned(),
            _ => None,
        };
        let Some(role) = role else {
            errors.report_on(
                written,
                "not a role; write the name of a field of the instrumentation's roles, such as \
                 `on = sent`",
            );
            continue;
        };
        if roles.contains(&role) {
            let message = format!("`{role}` is given twice; remove one of them");
            errors.report(role.span(), message);
        } else {
            roles.push(role);
        }
    }
    roles
}

/// Reads `records_in = "…"`: the unit of the values that a role records, for a metric whose name
/// shows none. An unknown unit is reported, and returned.
pub(super) fn records_in(
    entries: &Entries,
    unit: Option<&Text>,
    rules: &SetRules,
    errors: &mut Errors,
) -> Option<Text> {
    let entry = entries.get("records_in")?;
    let records_in = entries.text("records_in", errors)?;
    if rules.recorded == Recorded::Unclear {
        return None;
    }
    if rules.recorded != Recorded::Roles {
        errors.report(
            entry.key.span(),
            "`records_in` is the unit of the values of a role; add `roles(of = …)` to the set's \
             `#[metric_set(…)]`",
        );
    } else if unit.is_some() {
        errors.report(
            entry.key.span(),
            "values are recorded in the declared unit; remove `records_in`, or `unit` if the name \
             shows none",
        );
    } else if entries.get("on").is_none() {
        errors.report(
            entry.key.span(),
            "`records_in` needs a role, whose values it is the unit of; add `on = …`",
        );
    } else {
        if let Err(violation) = parse_unit(&records_in.value) {
            errors.report(records_in.span, violation.message(&records_in.value, true));
        }
        return Some(records_in);
    }
    None
}
