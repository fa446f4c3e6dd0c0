use osapi_metrics_rules::parse_unit;

use crate::{
    attribute::{Errors, Text},
    metric_set::rules::SetRules,
};

/// Checks a declared unit (rule U1) and returns whether it is valid.
pub(super) fn check_unit(unit: &Text, rules: &SetRules, errors: &mut Errors) -> bool {
    let violation = parse_unit(&unit.value).err();
    if let Some(violation) = violation {
        errors.report(unit.span, violation.message(&unit.value, rules.non_base_units));
    }
    violation.is_none()
}
