use osapi_metrics_rules::{explain_collision, families_clash, prometheus_family};

use crate::{
    attribute::Errors,
    metric_set::{
        rules::SetRules,
        spec::{Metric, NameSource},
    },
};

/// The pairs of metrics of which only the compiler can decide whether their names collide in a
/// scrape (rule N9), as positions in `metrics`.
pub(super) fn left_to_the_compiler(
    metrics: &[Metric<'_>],
    rules: &SetRules,
) -> Vec<(usize, usize)> {
    let pairs = pairs(metrics.len()).filter(|(here, other)| {
        let (here, other) = (&metrics[*here], &metrics[*other]);
        !are_known(here, other, rules) && may_collide(here, other, rules)
    });
    pairs.collect()
}

/// Every two positions of so many.
fn pairs(len: usize) -> impl Iterator<Item = (usize, usize)> {
    let pairs = (0..len).flat_map(move |here| (0..len).map(move |other| (here, other)));
    pairs.filter(|(here, other)| here != other)
}

/// Whether the macro knows both names.
fn are_known(here: &Metric<'_>, other: &Metric<'_>, rules: &SetRules) -> bool {
    here.name.is_known(rules) && other.name.is_known(rules)
}

fn may_collide(here: &Metric<'_>, other: &Metric<'_>, rules: &SetRules) -> bool {
    let (Some(a), Some(b)) = (here.instrument, other.instrument) else { return false };
    if [here, other].iter().any(|metric| matches!(metric.name.source, NameSource::Constant(_))) {
        return true;
    }
    let (a, b) = (a.kind, b.kind);
    let a_name = prometheus_family(&here.name.value, here.unit_code(), a);
    let b_name = prometheus_family(&other.name.value, other.unit_code(), b);
    let (a_name, b_name) = (a_name.as_str(), b_name.as_str());
    // A name that ends in a reserved suffix (`x_count`) is reported for that. Once it is corrected,
    // it does not collide with `x`.
    if a_name != b_name && !(here.name.is_right && other.name.is_right) {
        return false;
    }
    match (here.name.needs_prefix(rules), other.name.needs_prefix(rules)) {
        (false, true) => ends(a_name).any(|end| families_clash(end, a, b_name, b)),
        (true, false) => ends(b_name).any(|end| families_clash(a_name, a, end, b)),
        _ => families_clash(a_name, a, b_name, b),
    }
}

/// The name itself and the rest of the name after each possible prefix.
fn ends(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('_').map(|(at, _)| &name[at + 1..]).chain([name])
}

/// Reports the pairs whose names the macro knows.
pub(super) fn report(metrics: &[Metric<'_>], rules: &SetRules, errors: &mut Errors) {
    for (here, other) in pairs(metrics.len()) {
        let (here, other) = (&metrics[here], &metrics[other]);
        if !are_known(here, other, rules) || !may_collide(here, other, rules) {
            continue;
        }
        let (name, others) = (&here.name.value, &other.name.value);
        let message = explain_collision(name, others, &other.field.to_string());
        errors.report(here.field.span(), message);
    }
}
