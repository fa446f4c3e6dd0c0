use osapi_metrics_rules::{InstrumentKind, KnownName, NameRules, NameViolations, check_grammar};

use crate::{
    attribute::{Entries, Errors, Text},
    metric_set::{
        rules::SetRules,
        spec::{Metric, MetricName, NameSource},
    },
};

/// Reads `renamed_from = "…"` and checks the name against the rules for names, but for the prefix
/// (rule N11). Returns no name that is wrong.
pub(super) fn check_old_name(
    kind: InstrumentKind,
    name: &MetricName,
    unit: Option<&Text>,
    entries: &Entries,
    rules: &SetRules,
    errors: &mut Errors,
) -> Option<Text> {
    let old = entries.text("renamed_from", errors)?;
    let unit = unit.map(|unit| unit.value.as_str());
    let of_names = NameRules { prefix: "", ..rules.of_names() };
    let violations = NameViolations::of(&old.value, kind, unit, of_names);
    // A unit that does not fit the name has been reported, and would be reported once more.
    let is_constant = matches!(name.source, NameSource::Constant(_));
    let is_judged = name.is_right || is_constant || check_grammar(&old.value).is_some();
    if !violations.is_empty() {
        for (_, message) in violations.messages().filter(|_| is_judged) {
            errors.report(old.span, message);
        }
        return None;
    }
    let known = KnownName { name: &old.value, unit, kind };
    if name.is_known(rules)
        && let Some(mistake) = known.explain_unchanged(&name.value)
    {
        errors.report(old.span, mistake);
        return None;
    }
    Some(old)
}

/// Reports old names that are names of other metrics of the set, and old names of two metrics. The
/// compiler compares names that it alone knows.
pub(super) fn report_taken(metrics: &[Metric<'_>], rules: &SetRules, errors: &mut Errors) {
    for metric in metrics {
        let Some((old, known)) = old_name(metric) else { continue };
        for other in metrics.iter().filter(|other| other.index != metric.index) {
            let current = other.instrument.filter(|_| other.name.is_known(rules));
            let current = current.map(|instrument| KnownName {
                name: &other.name.value,
                unit: other.unit_code(),
                kind: instrument.kind,
            });
            if let Some(mistake) = current.and_then(|current| known.explain_taken(&current)) {
                errors.report(old.span, mistake);
            } else if old_name(other).is_some_and(|(_, of_other)| known.is_same(&of_other)) {
                let message = format!(
                    "the field `{}` is renamed from this name too; keep `renamed_from` on one of \
                     them",
                    other.field
                );
                errors.report(old.span, message);
            }
        }
    }
}

fn old_name<'a>(metric: &'a Metric<'_>) -> Option<(&'a Text, KnownName<'a>)> {
    let old = metric.old_name.as_ref()?;
    let kind = metric.instrument?.kind;
    Some((old, KnownName { name: &old.value, unit: metric.unit_code(), kind }))
}
