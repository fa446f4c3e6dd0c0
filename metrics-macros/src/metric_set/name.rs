use osapi_metrics_rules::{
    InstrumentKind, NameViolation, check_base_unit, check_grammar, check_prefix, check_semconv,
    check_suffix, check_unit_for_kind, check_unit_in_name, check_words, families_clash,
    nearest_unit, parse_unit, prometheus_family, propose,
};
use proc_macro2::Span;
use syn::{Ident, ext::IdentExt};

use super::check::{Metric, SetRules};
use crate::{
    attribute::{Entries, Text},
    errors::Errors,
};

/// A metric's name, and where to point if it is wrong.
pub(super) struct MetricName {
    pub(super) value: String,
    span: Span,
}

impl MetricName {
    /// `name = "…"`, or the prefix and the field's name.
    pub(super) fn of(
        field: &Ident,
        entries: &Entries,
        rules: &SetRules,
        errors: &mut Errors,
    ) -> Self {
        if let Some(Text { value, span }) = entries.text("name", errors) {
            return Self { value, span };
        }
        let field_name = field.unraw().to_string();
        let value = if rules.prefix.is_empty() {
            field_name
        } else {
            format!("{}_{field_name}", rules.prefix)
        };
        Self { value, span: field.span() }
    }
}

/// Rules N1 to N8, N10, U1 and U2. Says whether the declared unit stays, or has to change for one of
/// them.
pub(super) fn check(
    name: &MetricName,
    kind: InstrumentKind,
    unit: Option<&Text>,
    rules: &SetRules,
    errors: &mut Errors,
) -> bool {
    // The rules that judge the unit pass over one that is unknown.
    let unit_is_known = unit.is_none_or(|unit| check_unit(unit, errors));
    let code = unit.map(|unit| unit.value.as_str());
    let MetricName { value, span } = name;
    let proposal = propose(value, &rules.prefix, kind, code, rules.non_base_units);
    let unit_stays =
        unit_is_known && proposal.as_ref().is_none_or(|proposal| proposal.unit().is_none());
    let mut report = |at: Span, violation: NameViolation| {
        let message = match &proposal {
            Some(proposal) => {
                let unit = proposal.unit().filter(|proposed| Some(*proposed) != code);
                let unit =
                    unit.map_or_else(String::new, |unit| format!(" with `unit = \"{unit}\"`"));
                format!("{violation}: `{}`{unit}", proposal.name())
            }
            None => violation.to_string(),
        };
        errors.report(at, message);
    };
    if let Some(violation) = check_grammar(value) {
        // The other rules judge words, and where the words end is not clear here.
        report(*span, violation);
        return unit_stays;
    }
    let non_base = if rules.non_base_units { None } else { check_base_unit(value, code) };
    // Conventional counters are named without the suffix; the exposition adds it.
    let suffix = check_suffix(value, kind).filter(|violation| {
        !(rules.semconv_names && *violation == NameViolation::CounterWithoutTotal)
    });
    let reserved = matches!(suffix, Some(NameViolation::ReservedSuffix { .. }));
    let of_name = [
        check_prefix(value, &rules.prefix),
        suffix,
        // A unit that has to change changes the name too, and behind a reserved suffix no unit can
        // stand in its place: one message says both.
        check_unit_in_name(value, kind, code).filter(|violation| {
            non_base.is_none()
                && !(reserved && matches!(violation, NameViolation::UnitMisplaced { .. }))
        }),
        // Conventional names are as the conventions have them.
        check_words(value).filter(|_| !rules.semconv_names),
        check_semconv(value).filter(|_| !rules.semconv_names),
    ];
    for violation in of_name.into_iter().flatten() {
        report(*span, violation);
    }
    let unit_span = unit.map_or(*span, |unit| unit.span);
    for violation in [non_base, check_unit_for_kind(value, kind, code)].into_iter().flatten() {
        report(unit_span, violation);
    }
    unit_stays
}

/// Rule U1.
fn check_unit(unit: &Text, errors: &mut Errors) -> bool {
    match parse_unit(&unit.value) {
        Ok(_) => true,
        Err(violation) => {
            let nearest = nearest_unit(&unit.value)
                .map_or_else(String::new, |unit| format!(": `{}`", unit.ucum));
            errors.report(unit.span, format!("{violation}{nearest}"));
            false
        }
    }
}

/// Rule N9, within the set.
pub(super) fn check_collisions(metrics: &[Metric<'_>], errors: &mut Errors) {
    for (i, second) in metrics.iter().enumerate() {
        for first in &metrics[..i] {
            let (Some(a), Some(b)) = (first.instrument, second.instrument) else { continue };
            let (a, b) = (a.kind, b.kind);
            let a_name = prometheus_family(&first.name, first.unit.as_deref(), a);
            let b_name = prometheus_family(&second.name, second.unit.as_deref(), b);
            if families_clash(a_name.as_str(), a, b_name.as_str(), b) {
                for (here, other) in [(first, second), (second, first)] {
                    let message = format!(
                        "`{}` and `{}` of the field `{}` collide in a scrape; rename one of them",
                        here.name, other.name, other.field
                    );
                    errors.report(here.field.span(), message);
                }
            }
        }
    }
}
