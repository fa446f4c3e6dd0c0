//! The effects of documents and variables, and the messages about mistakes in them.

mod declarative;
mod document;
mod file;
mod in_force;
mod precedence;
mod reference;
mod refusal;
mod variables;

use std::{error::Error, fs, path::PathBuf};

use tempfile::TempDir;

use super::{ConfigError, Environment, MetricsConfig, file::DocumentFormat};

type TestResult = Result<(), Box<dyn Error>>;

/// A document without any mistake, also in settings of what is off.
fn from_text(
    text: &str,
    format: DocumentFormat,
    environment: &Environment,
) -> Result<MetricsConfig, ConfigError> {
    super::file::from_text(text, format, environment)?.checked()
}

fn yaml(text: &str) -> Result<MetricsConfig, ConfigError> {
    from_text(text, DocumentFormat::Yaml, &Environment::default())
}

/// A folder with one file in it, which is removed after the test.
fn file(name: &str, content: &str) -> Result<(TempDir, PathBuf), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name);
    fs::write(&path, content)?;
    Ok((folder, path))
}

/// The message of the expected error.
fn refusal(result: Result<MetricsConfig, ConfigError>) -> String {
    result.expect_err("must be refused").to_string()
}

/// A YAML document with these keys in `telemetry`, written with or without braces.
fn keys_in_telemetry(keys: &str) -> String {
    if keys.starts_with(['{', '!']) {
        format!("telemetry: {keys}")
    } else {
        format!("telemetry: {{ {keys} }}")
    }
}
