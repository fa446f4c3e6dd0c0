//! The configuration file, in three formats.

use std::path::Path;

use osapi_metrics_rules::excerpt::Excerpt;

use super::{
    ConfigError, Environment, MetricsConfig,
    document::{self, DocumentContext},
    error::ConfigSource,
    merge,
    tree::Value,
    yaml,
};
use crate::regular_file;

impl MetricsConfig {
    /// Reads a configuration file; its name ends in `.yaml`, `.yml`, `.toml` or `.json`.
    ///
    /// Relative paths in the file start from its folder. Variables in header values are read from
    /// the process's environment. All other variables are applied by
    /// [`with_environment`](MetricsConfig::with_environment), which the runtime calls itself.
    ///
    /// ```no_run
    /// use osapi_metrics::config::MetricsConfig;
    ///
    /// let config = MetricsConfig::from_file("osapi.yaml")?;
    /// # Ok::<(), osapi_metrics::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is not a regular file, has more than 1 MiB, or is not
    /// well-formed.
    ///
    /// Unknown keys, values that are not allowed, and references to a file or variable that does
    /// not exist are kept with the configuration, because the environment may turn off what they
    /// are for. [`with_environment`](MetricsConfig::with_environment) and `install()` report those
    /// in force, and [`checked`](MetricsConfig::checked) reports all of them.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::from_file_in(path.as_ref(), &Environment::process())
    }

    pub(super) fn from_file_in(
        path: &Path,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let path = path.to_owned();
        let Some(format) = DocumentFormat::of(&path) else {
            return Err(ConfigError::UnknownFormat { path });
        };
        let text = match regular_file::read_text(&path) {
            Ok(text) => text,
            Err(cause) => return Err(ConfigError::Unreadable { path, cause }),
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let context =
            DocumentContext { origin: ConfigSource::File(path), folder: &folder, environment };
        read(&text, format, &context)
    }

    /// Reads a YAML document. Relative paths in it start from the working directory.
    ///
    /// ```
    /// use osapi_metrics::config::MetricsConfig;
    ///
    /// let config = MetricsConfig::from_yaml("telemetry: { metrics: { enabled: true } }")?;
    /// assert!(config.enabled);
    /// # Ok::<(), osapi_metrics::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_file`](MetricsConfig::from_file).
    pub fn from_yaml(text: &str) -> Result<Self, ConfigError> {
        from_text(text, DocumentFormat::Yaml, &Environment::process())
    }

    /// Reads a TOML document. Relative paths in it start from the working directory.
    ///
    /// ```
    /// use osapi_metrics::config::MetricsConfig;
    ///
    /// let config = MetricsConfig::from_toml("[telemetry.metrics]\nenabled = true")?;
    /// assert!(config.enabled);
    /// # Ok::<(), osapi_metrics::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_file`](MetricsConfig::from_file).
    pub fn from_toml(text: &str) -> Result<Self, ConfigError> {
        from_text(text, DocumentFormat::Toml, &Environment::process())
    }

    /// Reads a JSON document. Relative paths in it start from the working directory.
    ///
    /// ```
    /// use osapi_metrics::config::MetricsConfig;
    ///
    /// let config = MetricsConfig::from_json(r#"{"telemetry": {"metrics": {"enabled": true}}}"#)?;
    /// assert!(config.enabled);
    /// # Ok::<(), osapi_metrics::config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`from_file`](MetricsConfig::from_file).
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        from_text(text, DocumentFormat::Json, &Environment::process())
    }
}

pub(super) fn from_text(
    text: &str,
    format: DocumentFormat,
    environment: &Environment,
) -> Result<MetricsConfig, ConfigError> {
    let context =
        DocumentContext { origin: ConfigSource::Text, folder: Path::new(""), environment };
    read(text, format, &context)
}

fn read(
    text: &str,
    format: DocumentFormat,
    context: &DocumentContext<'_>,
) -> Result<MetricsConfig, ConfigError> {
    let document = parse(text, &context.origin, format.name(), |text| format.parse(text))?;
    Ok(document::read(document, context))
}

/// A document in YAML for which [`yaml::mark_plain`] marks the values that `own` names.
pub(super) fn parse_marked(
    text: &str,
    origin: &ConfigSource,
    own: &[&str],
) -> Result<Value, ConfigError> {
    parse(text, origin, DocumentFormat::Yaml.name(), |text| {
        yaml_value(&yaml::mark_plain(text, own)?)
    })
}

fn parse(
    text: &str,
    origin: &ConfigSource,
    format: &'static str,
    parser: impl FnOnce(&str) -> Result<Value, String>,
) -> Result<Value, ConfigError> {
    let parsed = if text.len() as u64 > regular_file::MAX_BYTES {
        Err(format!("it has more than {} bytes, the most that is read", regular_file::MAX_BYTES))
    } else {
        parser(text.trim_start_matches('\u{feff}'))
    };
    parsed.map_err(|message| ConfigError::Syntax {
        origin: origin.clone(),
        format,
        message: Excerpt::of_message(&message).to_string(),
    })
}

/// The value that YAML reads from a text.
pub(super) fn yaml_value(text: &str) -> Result<Value, String> {
    yaml_serde::from_str(text).map(merge::apply).map_err(|error| yaml_message(&error))
}

/// The table that is the configuration's; the others at the top are the application's.
const OWN: &str = "telemetry";

/// The language of a document.
#[derive(Clone, Copy, Debug)]
pub(super) enum DocumentFormat {
    Yaml,
    Toml,
    Json,
}

impl DocumentFormat {
    fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "yaml" | "yml" => Some(Self::Yaml),
            "toml" => Some(Self::Toml),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Json => "JSON",
        }
    }

    fn parse(self, text: &str) -> Result<Value, String> {
        match self {
            Self::Yaml => {
                yaml::check(text, &[OWN])?;
                yaml_value(text)
            }
            Self::Json => serde_json::from_str(text).map_err(|error| error.to_string()),
            Self::Toml => toml::from_str(text).map_err(|error| toml_message(text, &error)),
        }
    }
}

/// The problem and its place. Serde's own message would quote a value, which may be a secret, that
/// contradicts its tag (`!!int abc`).
fn yaml_message(error: &yaml_serde::Error) -> String {
    let message = error.to_string();
    match error.location() {
        Some(place) if message.contains("invalid value: ") => {
            let (line, column) = (place.line(), place.column());
            format!("a tag that does not fit its value at line {line} column {column}")
        }
        _ => message,
    }
}

/// The problem and its place. The error's own text would repeat the line, which may hold a secret.
fn toml_message(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    before.map_or_else(
        || error.message().to_owned(),
        |before| {
            let line = before.matches('\n').count() + 1;
            let column =
                before.chars().rev().take_while(|character| *character != '\n').count() + 1;
            format!("{} at line {line} column {column}", error.message())
        },
    )
}
