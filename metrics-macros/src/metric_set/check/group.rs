use osapi_metrics_rules::explain_part;
use syn::ext::IdentExt;

use super::instrument::is_instrument;
use crate::{
    attribute::{Entries, Errors, GivenText, Text, Value},
    metric_set::{
        parse::MetricField,
        rules::{GROUP_KEYS, Prefix, SetRules},
        spec::Group,
    },
};

/// Keys, each with the message about it at this place.
type Misplaced<'a> = &'a [(&'a str, &'a str)];

/// Whether a field is a group: by its key, or by a mistake in the place of the key.
pub(super) fn is_meant(MetricField { field, entries, .. }: &MetricField, keys: &[&str]) -> bool {
    let instead = || entries.misses("group", keys) || entries.get("prefix").is_some();
    entries.get("group").is_some() || (instead() && !is_instrument(&field.ty))
}

/// Reads a field with a group: `group` or `group = "part"` (rules I4 and N12).
pub(super) fn group<'a>(
    index: usize,
    MetricField { field, entries, .. }: &'a MetricField,
    rules: &SetRules,
    of_the_set: Misplaced<'_>,
    errors: &mut Errors,
) -> Option<Group<'a>> {
    let ident = field.ident.as_ref()?;
    let entry = entries.get("group");
    let mut is_usable = entry.is_some();
    if let Some(entry) = entry
        && is_instrument(&field.ty)
    {
        let message = "the type is an instrument and no group; remove `group`";
        errors.report(entry.key.span(), message);
        is_usable = false;
    } else {
        entries.check_placed_keys(&["group"], &[&BESIDE_GROUP, of_the_set].concat(), errors);
    }
    if let Some(entry) = entry
        && rules.scope.is_some()
        && is_usable
    {
        let message = "a set with `scope` has no groups, whose metrics have no labels of the \
                       scope; declare the metrics in the set";
        errors.report(entry.key.span(), message);
        is_usable = false;
    }
    let of_field = Text { value: ident.unraw().to_string(), span: ident.span() };
    let part = match entry.map(|entry| &entry.value) {
        None | Some(Value::Flag) => Some(GivenText::Literal(of_field)),
        Some(Value::Assigned(_) | Value::List(_)) => entries.given_text("group", errors),
    };
    if let Some(GivenText::Literal(Text { value, span })) = &part
        && is_usable
        && let Some(message) = explain(value, &rules.prefix)
    {
        errors.report(*span, message);
        is_usable = false;
    }
    is_usable &= part.is_some();
    let part =
        part.unwrap_or(GivenText::Literal(Text { value: String::new(), span: ident.span() }));
    Some(Group { index, field: ident, ty: &field.ty, part, is_usable })
}

/// The mistake in a part of names that the macro knows.
fn explain(part: &str, prefix: &Prefix) -> Option<String> {
    if let Some(mistake) = explain_part(part) {
        return Some(mistake.to_string());
    }
    let prefix = prefix.known().filter(|prefix| !prefix.is_empty())?;
    let rest = part.strip_prefix(prefix)?.strip_prefix('_')?;
    Some(format!(
        "`{prefix}`, the prefix of the set, is put in front of a group's part; write \
         `group = \"{rest}\"`"
    ))
}

/// Keys that do not go beside `group` on a field.
pub(super) const BESIDE_GROUP: [(&str, &str); 15] = [
    ("name", "a group has several names; write `group = \"…\"` for what they have in common"),
    ("unit", "`unit` is that of one metric; write it on the field in the group"),
    ("description", "`description` is that of one metric; write it on the field in the group"),
    ("buckets", "`buckets` are those of one metric; write them on the field in the group"),
    ("native", "`native` is about one metric; write it on the field in the group"),
    ("max_series", "`max_series` is that of one metric; write it on the field in the group"),
    ("on", "a group records no events of jobs and no roles; declare the metric in the set"),
    ("records_in", "a group records no roles; declare the metric in the set"),
    (
        "renamed_from",
        "`renamed_from` is the old name of one metric; write it on the field in the group",
    ),
    ("absent_until", "`absent_until` is about one metric; write it on the field in the group"),
    ("stale_after", "`stale_after` is about one metric; write it on the field in the group"),
    ("warning", "`warning` is a threshold of one metric; write it on the field in the group"),
    ("critical", "`critical` is a threshold of one metric; write it on the field in the group"),
    (
        "prefix",
        "`prefix` goes on the struct of a set; what a group has behind it is written \
         `group = \"…\"`",
    ),
    ("allow", "`allow` goes on the struct; move it to `#[metric_set(…)]` of the group"),
];

/// Keys that a group leaves to the set that has it.
const KEYS_OF_A_SET: [(&str, &str); 6] = [
    (
        "prefix",
        "the names of a group get their beginning from the set that has it; write \
         `#[metric(group = \"…\")]` on the field of the set",
    ),
    ("job", "a group records no events of jobs; write `job` on a set"),
    ("roles", "a group records no roles; write `roles` on a set"),
    ("scope", "a group is a part of one instance of a set; write `scope` on a set without groups"),
    (
        "constant_labels",
        "a group has the constant labels of the set that has it; move `constant_labels` to the set",
    ),
    ("runbook", "a group has the runbook of the set that has it; move `runbook` to the set"),
];

/// Keys of metrics that do not go on those of a group.
const KEYS_OF_OTHER_METRICS: [(&str, &str); 3] = [
    ("name", "the names of a group begin as the set that has it says; rename the field instead"),
    ("on", "a group records no events of jobs and no roles; declare the metric in a set"),
    ("records_in", "a group records no roles; declare the metric in a set"),
];

/// Checks the keys of a struct that is a group (rule I4).
pub(super) fn check_keys_of_a_group(
    entries: &Entries,
    of_a_metric: Misplaced<'_>,
    errors: &mut Errors,
) {
    let misplaced = [&KEYS_OF_A_SET, of_a_metric].concat();
    entries.check_placed_keys(&GROUP_KEYS, &misplaced, errors);
}

/// Checks the keys of a metric in a group (rule I4).
pub(super) fn check_keys_of_its_metric(
    entries: &Entries,
    keys: &[&str],
    of_the_set: Misplaced<'_>,
    errors: &mut Errors,
) {
    let is_other = |key: &&str| KEYS_OF_OTHER_METRICS.iter().any(|(other, _)| other == key);
    let known: Vec<_> = keys.iter().copied().filter(|key| !is_other(key)).collect();
    let misplaced = [&KEYS_OF_OTHER_METRICS, &KEYS_OF_A_SET[..], of_the_set].concat();
    entries.check_placed_keys(&known, &misplaced, errors);
}
