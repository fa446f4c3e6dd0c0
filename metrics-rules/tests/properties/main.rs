//! What holds of every declaration, whatever the tables in `rules/` show of single ones.

mod any_text;
mod declarations;
mod messages;
mod prefixes;
mod proposals;
mod rendering;

use proptest::test_runner::Config;

/// What fails becomes a row of a table in `rules/`, where it says what it is about; a file of seeds does not.
fn config() -> Config {
    Config { cases: 1000, failure_persistence: None, ..Config::default() }
}

/// Whether a text is a metric's name in Prometheus: letters, digits and `_`, no digit in front.
fn is_prometheus_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}
