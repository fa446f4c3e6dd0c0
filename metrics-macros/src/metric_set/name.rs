use osapi_metrics_rules::{
    InstrumentKind, NameMistakes, PLAIN_PREFIX, Place, explain_collision, explain_prefix,
    families_clash, parse_unit, prometheus_family,
};
use proc_macro2::Span;
use syn::{Expr, Ident, Path, ext::IdentExt};

use super::check::{Metric, SetRules};
use crate::{
    attribute::{Entries, Text},
    entry::Value,
    errors::Errors,
};

/// What all names of a set begin with.
pub(super) enum Prefix {
    Literal(String),
    /// A constant, with which only the compiler can judge names.
    Constant(Path),
}

impl Prefix {
    /// `prefix = "…"` or the path of a constant, or the default. A prefix that no name could have is
    /// reported once, here, and not asked of the fields.
    pub(super) fn of(entries: &Entries, errors: &mut Errors) -> Self {
        if let Some(path) = entries.constant("prefix") {
            return Self::Constant(path.clone());
        }
        if let Some(Value::Assigned(Expr::Macro(call))) = entries.get("prefix").map(|e| &e.value) {
            errors.report_on(
                call,
                "what another macro makes is not known here; give it to a constant, and write \
                 `prefix = PREFIX`",
            );
            return Self::Literal(String::new());
        }
        let Some(Text { value, span }) = entries.text("prefix", errors) else {
            return Self::Literal("osapi".to_owned());
        };
        let Some(mistake) = explain_prefix(&value) else { return Self::Literal(value) };
        errors.report(span, mistake);
        Self::Literal(String::new())
    }

    /// The prefix, if the macro knows it.
    pub(super) fn known(&self) -> Option<&str> {
        match self {
            Self::Literal(prefix) => Some(prefix),
            Self::Constant(_) => None,
        }
    }
}

/// A metric's name, and where to point if it is wrong.
pub(super) struct MetricName {
    /// The name; without the prefix if that is a constant and belongs in front.
    pub(super) value: String,
    /// Whether the name is made of the field's.
    pub(super) of_field: bool,
    /// Whether the attribute could be read, so that this is the name that was meant.
    pub(super) is_clear: bool,
    /// Whether it keeps the rules; behind a constant prefix, whether it does behind another one.
    pub(super) is_right: bool,
    pub(super) span: Span,
}

impl MetricName {
    /// `name = "…"`, or the prefix and the field's name.
    pub(super) fn of(
        field: &Ident,
        entries: &Entries,
        rules: &SetRules,
        errors: &mut Errors,
    ) -> Self {
        let mut is_clear = entries.is_complete();
        if let Some(Text { value, span }) = entries.text("name", errors) {
            return Self { value, of_field: false, is_clear, is_right: false, span };
        }
        // A name that could not be read was reported, and is not the field's.
        is_clear &= entries.get("name").is_none();
        let field_name = field.unraw().to_string();
        let value = match rules.prefix.known() {
            None | Some("") => field_name,
            Some(prefix) => format!("{prefix}_{field_name}"),
        };
        Self { value, of_field: true, is_clear, is_right: false, span: field.span() }
    }

    /// Whether a constant prefix belongs in front.
    pub(super) fn needs_prefix(&self, rules: &SetRules) -> bool {
        self.of_field && rules.prefix.known().is_none()
    }
}

/// Rules N1 to N8, N10, U1 and U2. Says whether the declared unit stays, or has to change for one of
/// them. Names in a set whose prefix is a constant are judged by the compiler.
pub(super) fn check(
    name: &mut MetricName,
    kind: InstrumentKind,
    unit: Option<&Text>,
    rules: &SetRules,
    errors: &mut Errors,
) -> bool {
    let unit_is_known = unit.is_none_or(|unit| check_unit(unit, rules, errors));
    let code = unit.map(|unit| unit.value.as_str());
    let judged = if name.needs_prefix(rules) {
        format!("{PLAIN_PREFIX}_{}", name.value)
    } else {
        name.value.clone()
    };
    let mistakes = NameMistakes::of(&judged, kind, code, rules.of_names());
    let mistakes = if name.of_field { mistakes.of_field() } else { mistakes };
    name.is_right = mistakes.is_empty();
    let is_known = name.is_clear && rules.prefix.known().is_some();
    for (place, message) in mistakes.messages().filter(|_| is_known) {
        let at = match (place, unit) {
            (Place::Unit, Some(unit)) => unit.span,
            _ => name.span,
        };
        errors.report(at, message);
    }
    unit_is_known && !mistakes.change_unit()
}

/// Rule U1.
fn check_unit(unit: &Text, rules: &SetRules, errors: &mut Errors) -> bool {
    let violation = parse_unit(&unit.value).err();
    if let Some(violation) = violation {
        errors.report(unit.span, violation.message(&unit.value, rules.non_base_units));
    }
    violation.is_none()
}

/// Rule N9, within the set: each metric with all that it may collide with. Where a constant prefix stands
/// in front of one of two names, the compiler has the last word.
pub(super) fn collisions<'a>(
    metrics: &'a [Metric<'a>],
    rules: &'a SetRules,
) -> impl Iterator<Item = (&'a Metric<'a>, &'a Metric<'a>)> {
    let others = |here: &'a Metric<'a>| metrics.iter().map(move |other| (here, other));
    metrics
        .iter()
        .flat_map(others)
        .filter(|(here, other)| here.index != other.index && may_collide(here, other, rules))
}

fn may_collide(here: &Metric<'_>, other: &Metric<'_>, rules: &SetRules) -> bool {
    let (Some(a), Some(b)) = (here.instrument, other.instrument) else { return false };
    let (a, b) = (a.kind, b.kind);
    let a_name = prometheus_family(&here.name.value, here.unit_code(), a);
    let b_name = prometheus_family(&other.name.value, other.unit_code(), b);
    let (a_name, b_name) = (a_name.as_str(), b_name.as_str());
    // Two names of which one ends in a part of the other (`x_count`) are apart once it is right.
    if a_name != b_name && !(here.name.is_right && other.name.is_right) {
        return false;
    }
    match (here.name.needs_prefix(rules), other.name.needs_prefix(rules)) {
        (false, true) => ends(a_name).any(|end| families_clash(end, a, b_name, b)),
        (true, false) => ends(b_name).any(|end| families_clash(a_name, a, end, b)),
        _ => families_clash(a_name, a, b_name, b),
    }
}

/// What remains of a name behind any prefix.
fn ends(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('_').map(|(at, _)| &name[at + 1..]).chain([name])
}

/// Rule N9, where the macro knows all names.
pub(super) fn check_collisions(metrics: &[Metric<'_>], rules: &SetRules, errors: &mut Errors) {
    for (here, other) in collisions(metrics, rules) {
        let (name, others) = (&here.name.value, &other.name.value);
        let message = explain_collision(name, others, &other.field.to_string());
        errors.report(here.field.span(), message);
    }
}
