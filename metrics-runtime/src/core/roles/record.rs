use osapi_metrics_rules::{Message, equal};

use super::{dimension::Dimension, role::Role};
use crate::core::registry::MetricSet;

/// A metric set that records the roles `R` of an instrumentation, under its own names.
///
/// `derive(MetricSet)` implements it for a set with `#[metric_set(roles(of = R, labels = L))]`: a
/// field with `#[metric(on = sent)]` records the role in the field `sent` of `R`. The compiler
/// checks the instrument, its unit and its labels.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not record the roles `{R}`",
    label = "not a set with `roles(of = {R})`",
    note = "give the set `#[metric_set(roles(of = {R}, labels = …))]`, and its fields `#[metric(on = …)]`"
)]
pub trait RecordRoles<R>: MetricSet {
    /// The labels that a service gives to an observed thing; `()` without `labels = …`.
    type Labels: Clone + Send + Sync + 'static;

    /// The roles, which record in this set.
    fn roles(&'static self, labels: &Self::Labels) -> R;
}

/// Checks that the unit of a metric fits the dimension of its role.
///
/// # Panics
///
/// At compile time, with the remedy.
#[doc(hidden)]
#[track_caller]
pub const fn assert_role_unit<S, R: Role>(
    _: fn(&mut S) -> &mut R,
    on: &str,
    unit: Option<&str>,
    records_in: Option<&str>,
) {
    let (given, key) = match (unit, records_in) {
        (None, Some(unit)) => (Some(unit), "records_in"),
        (unit, _) => (unit, "unit"),
    };
    let units = R::Dimension::UNITS;
    if fits(units, given) {
        return;
    }
    let message = Message::new();
    let mut message = match given {
        None => message
            .text("`on = ")
            .text(on)
            .text("` is a ")
            .text(R::Dimension::NAME)
            .text(" and needs a unit"),
        Some(unit) => message
            .text("`")
            .text(key)
            .text(" = \"")
            .text(unit)
            .text("\"` does not fit `on = ")
            .text(on)
            .text("`, a ")
            .text(R::Dimension::NAME),
    };
    message = message.text("; write ");
    if units.is_empty() {
        message = message.text("an annotation such as `unit = \"{message}\"`, or leave it out");
        panic!("{}", message.as_str());
    }
    let mut i = 0;
    while i < units.len() {
        message = message.text(if i == 0 { "`" } else { "` or `" });
        message = message.text(key).text(" = \"").text(units[i].0).text("\"");
        i += 1;
    }
    message = message.text("`");
    if given.is_none() {
        message = message.text("; for a name that shows no unit, `records_in = \"");
        message = message.text(units[0].0).text("\"`");
    }
    panic!("{}", message.as_str());
}

const fn fits(units: &[(&str, f64)], given: Option<&str>) -> bool {
    let Some(given) = given else { return units.is_empty() };
    if units.is_empty() {
        return matches!(given.as_bytes(), [b'{', ..]);
    }
    let mut i = 0;
    while i < units.len() {
        if equal(units[i].0.as_bytes(), given.as_bytes()) {
            return true;
        }
        i += 1;
    }
    false
}
