use std::collections::BTreeMap;

use crate::generate::query::quoted;

/// The labels of a series.
pub(super) type Labels = BTreeMap<String, String>;

/// `name{a="b"}`
pub(super) fn notation(name: &str, labels: &Labels) -> String {
    let labels: Vec<_> =
        labels.iter().map(|(label, value)| format!("{label}={}", quoted(value))).collect();
    if labels.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", labels.join(", ")) }
}
