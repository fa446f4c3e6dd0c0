//! OpenTelemetry's declarative configuration: its effect, its mistakes, and its place among the
//! other sources.

mod effect;
mod precedence;
mod refused;
mod substitution;

use super::{super::*, TestResult, file};

/// The configuration with this file and these variables, over a document.
fn over(
    document: MetricsConfig,
    text: &str,
    variables: &[(&str, &str)],
) -> Result<MetricsConfig, ConfigError> {
    let (_folder, path) = file("otel.yaml", text).unwrap();
    let mut variables: Vec<_> = variables.to_vec();
    let path = path.to_str().unwrap().to_owned();
    variables.push(("OTEL_CONFIG_FILE", &path));
    document.merged(&variables.iter().copied().collect()).checked()
}

fn read(text: &str, variables: &[(&str, &str)]) -> Result<MetricsConfig, ConfigError> {
    over(MetricsConfig::default(), text, variables)
}

/// A file with these keys beside its version, written without braces.
fn with_keys(keys: &str) -> String {
    format!("{{ file_format: '1.1', {keys} }}")
}

/// A file whose meter provider has a reader with this exporter of OTLP over HTTP.
fn with_http(keys: &str) -> String {
    with_keys(&format!(
        "meter_provider: {{ readers: [{{ periodic: {{ exporter: {{ otlp_http: {{ {keys} }} }} }} }}] }}"
    ))
}

/// The messages about a file, without the path of the file.
fn mistakes(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let errors = match read(text, variables) {
        Ok(config) => panic!("accepted as {config:?}"),
        Err(ConfigError::Several(errors)) => errors,
        Err(error) => vec![error],
    };
    let message = |error: &ConfigError| {
        let message = error.to_string();
        match message.split_once(" in the file `") {
            Some((before, after)) => {
                let (_, after) = after.split_once("` of `OTEL_CONFIG_FILE`").unwrap();
                format!("{before}{after}")
            }
            None => message,
        }
    };
    errors.iter().map(message).collect()
}
