//! YAML's merge key, `<<`: a table takes entries of other tables, which its own entries override.

use std::collections::HashSet;

use super::tree::Value;

/// The merge key.
pub(super) const MERGE: &str = "<<";

/// The value of a merge key that cannot be applied.
pub(super) const MALFORMED: &str = "a merge key that is not applied";

/// The allowed values of a merge key.
pub(super) const EXPECTED: &str =
    "a table or a list of tables, once in its table, such as `<<: *defaults`";

/// The document with the entries that its merge keys stand for. A merge key with another value
/// stays, so that the reader of its table reports it.
pub(super) fn apply(document: Value) -> Value {
    match document {
        Value::List(values) => Value::List(values.into_iter().map(apply).collect()),
        Value::Table(entries) => {
            let applied = entries.into_iter().map(|(key, value)| (key, apply(value)));
            Value::Table(merged(applied.collect()))
        }
        other => other,
    }
}

/// A table whose values have no merge keys.
fn merged(entries: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let (merges, mut own): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, _)| key == MERGE);
    if merges.is_empty() {
        return own;
    }
    let Some(tables) = tables(merges) else {
        own.push((MERGE.to_owned(), Value::Foreign(MALFORMED)));
        return own;
    };
    // Of several tables, the first one that has a key counts. A key that a table itself repeats
    // stays repeated.
    let mut known: HashSet<String> = own.iter().map(|(key, _)| key.clone()).collect();
    for table in tables {
        let new: Vec<_> = table.into_iter().filter(|(key, _)| !known.contains(key)).collect();
        known.extend(new.iter().map(|(key, _)| key.clone()));
        own.extend(new);
    }
    own
}

/// The tables to merge. `None` if there is something else, or a second merge key.
fn tables(mut merges: Vec<(String, Value)>) -> Option<Vec<Vec<(String, Value)>>> {
    let (_, value) = merges.pop().filter(|_| merges.is_empty())?;
    let values = match value {
        Value::List(values) => values,
        value => vec![value],
    };
    let table = |value| match value {
        Value::Table(entries) => Some(entries),
        _ => None,
    };
    values.into_iter().map(table).collect()
}
