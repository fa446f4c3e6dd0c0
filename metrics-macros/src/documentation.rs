//! Reads the tables in the documentation of the macros, for tests that compare them with the keys
//! that the macros accept.

use std::collections::BTreeSet;

/// The code in the first column of all tables in the documentation of a macro, one item per key.
pub(crate) fn documented(function: &str) -> BTreeSet<String> {
    let source = include_str!("lib.rs");
    let end = source.find(&format!("\npub fn {function}(")).expect("the macro exists");
    let documentation = &source[..end];
    let start = documentation.rfind("\n}\n").unwrap_or_default();
    let rows = documentation[start..].lines().filter_map(|line| line.strip_prefix("/// | `"));
    let code = rows.filter_map(|row| row.split(" | ").next());
    code.flat_map(|cell| cell.split('`').step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .map(|code| code.split([' ', '(']).next().unwrap_or_default().to_owned())
        .collect()
}

/// A set of the words of several lists.
pub(crate) fn all<'a>(lists: &[&[&'a str]]) -> BTreeSet<String> {
    lists.iter().flat_map(|list| list.iter().map(|word: &&'a str| (*word).to_owned())).collect()
}
