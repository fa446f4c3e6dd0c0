//! The tables of the reference list exactly the keys and variables that exist.

use std::collections::BTreeSet;

use super::{super::ConfigError, yaml};

const REFERENCE: &str = include_str!("../reference.md");

/// An interval of a metric, with an unknown key.
const INTERVAL: &str = "{ metrics: { otlp: { intervals: [{ metrics: a, interval: 1s, x: 1 }] } } }";

/// The first cells of the rows of a table, each without its backticks.
fn first_cells(heading: &str) -> BTreeSet<&'static str> {
    REFERENCE
        .split("\n# ")
        .map(|section| section.trim_start_matches("# "))
        .find(|section| section.starts_with(heading))
        .into_iter()
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("| ")?.split('|').next())
        .filter(|cell| cell.starts_with('`'))
        .flat_map(|cell| cell.split(','))
        .map(|name| name.trim().trim_matches('`'))
        .collect()
}

#[test]
fn keys_are_those_that_documents_may_have() {
    let mut known = BTreeSet::new();
    for (section, prefix) in [
        ("{ x: 1 }", ""),
        ("{ metrics: { x: 1 } }", "metrics."),
        ("{ metrics: { otlp: { x: 1 } } }", "metrics.otlp."),
        (INTERVAL, "metrics.otlp.intervals[]."),
    ] {
        let Err(ConfigError::UnknownKey { known: keys, .. }) =
            yaml(&format!("telemetry: {section}"))
        else {
            panic!("`x` must be unknown");
        };
        let tables = ["metrics", "metrics.otlp"];
        let keys = keys.iter().map(|key| format!("{prefix}{key}"));
        known.extend(keys.filter(|key| !tables.contains(&key.as_str())));
    }
    let listed = first_cells("Keys").into_iter().map(str::to_owned).collect();
    assert_eq!(known, listed);
}

#[test]
fn variables_are_those_that_the_tests_set() {
    let tested: BTreeSet<_> = super::variables::tested().collect();
    assert_eq!(tested, first_cells("Environment"));
}
