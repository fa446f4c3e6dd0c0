//! Properties of all declarations, where the tables in `rules/` show single declarations.

mod any_text;
mod declarations;
mod messages;
mod prefixes;
mod proposals;
mod rendering;
mod similar;

use proptest::test_runner::Config;

/// A failing declaration becomes a row of a table in `rules/`, which explains it better than a file
/// of seeds.
fn config() -> Config {
    Config { cases: 1000, failure_persistence: None, ..Config::default() }
}

/// Whether a text is a name of a metric in Prometheus: letters, digits and `_`, no digit at the
/// beginning.
fn is_prometheus_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}
