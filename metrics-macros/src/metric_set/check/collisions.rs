use osapi_metrics_rules::{explain_collision, families_clash, prometheus_family};

use crate::{
    attribute::Errors,
    metric_set::{rules::SetRules, spec::Metric},
};

/// The pairs of metrics whose names may collide in a scrape (rule N9), as positions in `metrics`.
/// If one of two names has a constant prefix, only the compiler can decide.
pub(super) fn find(metrics: &[Metric<'_>], rules: &SetRules) -> Vec<(usize, usize)> {
    let positions = 0..metrics.len();
    let pairs =
        positions.clone().flat_map(|here| positions.clone().map(move |other| (here, other)));
    pairs
        .filter(|(here, other)| here != other)
        .filter(|(here, other)| may_collide(&metrics[*here], &metrics[*other], rules))
        .collect()
}

fn may_collide(here: &Metric<'_>, other: &Metric<'_>, rules: &SetRules) -> bool {
    let (Some(a), Some(b)) = (here.instrument, other.instrument) else { return false };
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

/// Reports the pairs of a set whose prefix is not a constant.
pub(super) fn report(metrics: &[Metric<'_>], pairs: &[(usize, usize)], errors: &mut Errors) {
    for (here, other) in pairs.iter().map(|(here, other)| (&metrics[*here], &metrics[*other])) {
        let (name, others) = (&here.name.value, &other.name.value);
        let message = explain_collision(name, others, &other.field.to_string());
        errors.report(here.field.span(), message);
    }
}
