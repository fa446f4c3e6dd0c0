//! The documentation states what is in the code, no more and no less.

mod architecture;
mod built_in_metrics;
mod guide;
mod instruments;
mod links;
mod macros;
mod markdown;
mod readme;

use std::{collections::BTreeSet, fmt::Debug, fs, path::Path};

/// Fails with the difference alone: the tables are long.
fn assert_same<T: Ord + Debug>(listed: &BTreeSet<T>, actual: &BTreeSet<T>) {
    assert!(!actual.is_empty(), "nothing was found to compare the documentation with");
    let missing: Vec<_> = actual.difference(listed).collect();
    assert!(missing.is_empty(), "the documentation lacks {missing:#?}");
    let wrong: Vec<_> = listed.difference(actual).collect();
    assert!(wrong.is_empty(), "the documentation lists {wrong:#?}, which do not exist");
}

/// A file of the workspace.
fn source(path: &str) -> String {
    let path = Path::new(WORKSPACE).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder of the workspace.
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The code of a program that a file has below its first comment.
fn code_below_comment(file: &str) -> &str {
    file.split_once("\n\n").expect("a comment and code").1
}
