use osapi_metrics_rules::{
    DeclarationPart, InstrumentKind, NameRules, NameViolations, PLAIN_PREFIX,
};
use syn::{Ident, ext::IdentExt};

use super::unit::check_unit;
use crate::{
    attribute::{Entries, Errors, GivenText, Text},
    metric_set::{
        rules::SetRules,
        spec::{MetricName, NameSource},
    },
};

/// Reads `name = "…"` or a constant, or joins the prefix and the name of the field.
pub(super) fn read(
    field: &Ident,
    entries: &Entries,
    rules: &SetRules,
    errors: &mut Errors,
) -> MetricName {
    let mut is_clear = entries.is_complete();
    if !rules.is_group
        && let Some(given) = entries.given_text("name", errors)
    {
        let span = given.span();
        let (value, source) = match given {
            GivenText::Literal(name) => (name.value, NameSource::Literal),
            GivenText::Constant(name) => (String::new(), NameSource::Constant(name)),
        };
        return MetricName { value, source, is_clear, is_right: false, span };
    }
    // An unreadable name has been reported, and the name of the field does not replace it.
    is_clear &= entries.get("name").is_none();
    let field_name = field.unraw().to_string();
    let value = match rules.prefix.known() {
        None | Some("") => field_name,
        Some(prefix) => format!("{prefix}_{field_name}"),
    };
    let source = NameSource::Field;
    MetricName { value, source, is_clear, is_right: false, span: field.span() }
}

/// What stands for the beginning of a group's names, which the sets give. It is a plain prefix that
/// no field begins with by chance, and messages about fields leave it out.
const BEFORE_A_GROUP: &str = "before_the_group";

/// Checks rules N1 to N8, N10, U1 and U2. Returns whether the declared unit stays, rather than has
/// to change for one of the rules. The compiler checks names that are constants, and the names of a
/// set whose prefix is a constant.
pub(super) fn check(
    name: &mut MetricName,
    kind: InstrumentKind,
    unit: Option<&Text>,
    rules: &SetRules,
    errors: &mut Errors,
) -> bool {
    let unit_is_known = unit.is_none_or(|unit| check_unit(unit, rules, errors));
    if let NameSource::Constant(_) = name.source {
        return unit_is_known;
    }
    let code = unit.map(|unit| unit.value.as_str());
    let (judged, of_names) = if rules.is_group {
        let of_names = NameRules { prefix: BEFORE_A_GROUP, ..rules.of_names() };
        (format!("{BEFORE_A_GROUP}_{}", name.value), of_names)
    } else if name.needs_prefix(rules) {
        (format!("{PLAIN_PREFIX}_{}", name.value), rules.of_names())
    } else {
        (name.value.clone(), rules.of_names())
    };
    let violations = NameViolations::of(&judged, kind, code, of_names);
    let violations = if name.is_of_field() { violations.of_field() } else { violations };
    name.is_right = violations.is_empty();
    let is_known = name.is_clear && rules.prefix.known().is_some();
    for (part, message) in violations.messages().filter(|_| is_known) {
        let at = match (part, unit) {
            (DeclarationPart::Unit, Some(unit)) => unit.span,
            _ => name.span,
        };
        errors.report(at, message);
    }
    unit_is_known && !violations.change_unit()
}
