//! What documents and variables do, and what is said when they are wrong.

mod document;
mod file;
mod precedence;
mod reference;
mod refusal;
mod variables;

use std::{error::Error, fs, path::PathBuf};

use tempfile::TempDir;

use super::{
    ConfigError, Environment, MetricsConfig,
    file::{Format, from_text},
};

type TestResult = Result<(), Box<dyn Error>>;

fn yaml(text: &str) -> Result<MetricsConfig, ConfigError> {
    from_text(text, Format::Yaml, &Environment::default())
}

/// A folder that is gone after the test, with one file in it.
fn file(name: &str, content: &str) -> Result<(TempDir, PathBuf), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name);
    fs::write(&path, content)?;
    Ok((folder, path))
}

/// The message of the error that must have come.
fn refusal(result: Result<MetricsConfig, ConfigError>) -> String {
    result.expect_err("must be refused").to_string()
}

/// A YAML document with these keys in `telemetry`, without braces or with them.
fn keys_in_telemetry(keys: &str) -> String {
    if keys.starts_with(['{', '!']) {
        format!("telemetry: {keys}")
    } else {
        format!("telemetry: {{ {keys} }}")
    }
}
