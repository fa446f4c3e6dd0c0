use std::{
    borrow::Cow,
    cell::RefCell,
    collections::BTreeMap,
    fmt, io,
    path::{Path, PathBuf},
};

use osapi_metrics_rules::excerpt::Excerpt;
use thiserror::Error;

use super::part::Part;

/// The reason why a configuration was rejected.
///
/// Every message names the key or variable, its value, its source, and the allowed values. Values
/// that may hold a secret are left out. The text of an operating system's error is part of the
/// message, so [`source`] returns nothing.
///
/// ```
/// use osapi_metrics::config::MetricsConfig;
///
/// let document = "telemetry: { metrics: { otlp: { interval: 60 } } }";
/// let error = MetricsConfig::from_yaml(document)?.checked().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`telemetry.metrics.otlp.interval` in the text is 60; \
///      expected a duration with its unit from `1ms` to `24h`, such as `60s`, `500ms` or `1m30s`",
/// );
/// # Ok::<(), osapi_metrics::config::ConfigError>(())
/// ```
///
/// [`source`]: std::error::Error::source
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The configuration file could not be read.
    #[error(
        "cannot read the configuration file `{}`: {cause}; expected a regular file of at most 1 MiB in UTF-8",
        shown(path)
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The name of the configuration file does not show its format.
    #[error(
        "the format of the configuration file `{}` is unknown; expected a name that ends in `.yaml`, `.yml`, `.toml` or `.json`",
        shown(path)
    )]
    UnknownFormat {
        /// The file.
        path: PathBuf,
    },
    /// The document is not well-formed.
    #[error("{origin} is not valid {format}: {message}")]
    Syntax {
        /// The source of the document.
        origin: ConfigSource,
        /// `YAML`, `TOML` or `JSON`.
        format: &'static str,
        /// The message of the parser, with line and column where the parser knows them.
        message: String,
    },
    /// A key or variable has a value that is not allowed.
    #[error("`{}` in {origin} {}; expected {expected}", Excerpt::of_message(name), is(value.as_deref()))]
    Invalid {
        /// The key from the top of the document, such as `telemetry.metrics.path`, or the variable.
        name: String,
        /// The value as written; `None` if it may be a secret.
        value: Option<String>,
        /// The source of the value.
        origin: ConfigSource,
        /// The allowed values.
        expected: &'static str,
    },
    /// The document has a key that is not known.
    #[error("unknown key `{}` in {origin}; {}expected one of {}", Excerpt::of_message(key), did_you_mean(*nearest), known.join(", "))]
    UnknownKey {
        /// The key from the top of the document.
        key: String,
        /// The source of the document.
        origin: ConfigSource,
        /// The known key that was probably meant.
        nearest: Option<&'static str>,
        /// All keys that are known in the same table.
        known: Vec<&'static str>,
    },
    /// The document has a key of its format that the runtime does not support.
    #[error(
        "`{}` in {origin} is not supported; expected {}",
        Excerpt::of_message(key),
        one_of(known)
    )]
    UnsupportedKey {
        /// The key from the top of the document.
        key: String,
        /// The source of the document.
        origin: ConfigSource,
        /// All keys that are supported in the same table.
        known: Vec<&'static str>,
    },
    /// The document gives a key twice.
    #[error("`{}` stands twice in {origin}; expected each key once", Excerpt::of_message(key))]
    RepeatedKey {
        /// The key from the top of the document.
        key: String,
        /// The source of the document.
        origin: ConfigSource,
    },
    /// A value refers to a variable that is not set, or is empty.
    #[error(
        "`{}` in {origin} refers to the environment variable `{}`, which is not set; expected it to be set and not empty",
        Excerpt::of_message(key),
        Excerpt::of(variable)
    )]
    UnsetVariable {
        /// The key from the top of the document.
        key: String,
        /// The variable between `${` and `}`.
        variable: String,
        /// The source of the document.
        origin: ConfigSource,
    },
    /// A key or variable names a file that could not be read.
    #[error(
        "`{}` in {origin} names the file `{}`: {cause}; expected a readable file",
        Excerpt::of_message(name),
        shown(path)
    )]
    UnreadableFile {
        /// The key from the top of the document, or the variable.
        name: String,
        /// The file; a path that was relative to the configuration file begins with the folder of
        /// that file.
        path: PathBuf,
        /// The source of the file's name.
        origin: ConfigSource,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// More than one mistake: the first 50 of each exporter and of the rest at most, and then the
    /// number of the [others](Self::Others).
    #[error("{} mistakes in the configuration:\n  {}", count(.0), one_per_line(.0))]
    Several(Vec<ConfigError>),
    /// Mistakes that are counted alone.
    #[error("and {number} more {} in {origin}, from `{}` on", mistakes(*number), Excerpt::of_message(first))]
    Others {
        /// How many there are.
        number: usize,
        /// The key or variable of the first of them.
        first: String,
        /// Where they are.
        origin: ConfigSource,
    },
}

impl ConfigError {
    /// One error of all mistakes; `None` if there is no mistake.
    pub(super) fn of<'a>(mistakes: impl Iterator<Item = &'a Self>) -> Option<Self> {
        let mut mistakes: Vec<_> = mistakes.cloned().collect();
        match mistakes.len() {
            0 | 1 => mistakes.pop(),
            _ => Some(Self::Several(mistakes)),
        }
    }

    /// The source of the value.
    pub(super) fn origin(&self) -> Option<&ConfigSource> {
        match self {
            Self::Syntax { origin, .. }
            | Self::Invalid { origin, .. }
            | Self::UnknownKey { origin, .. }
            | Self::UnsupportedKey { origin, .. }
            | Self::RepeatedKey { origin, .. }
            | Self::UnsetVariable { origin, .. }
            | Self::UnreadableFile { origin, .. }
            | Self::Others { origin, .. } => Some(origin),
            _ => None,
        }
    }

    /// The key or variable, or the known key that an unknown one probably means.
    pub(super) fn meant(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::UnknownKey { key, nearest: Some(nearest), .. } => {
                let table = key.rsplit_once('.').map(|(table, _)| table);
                Some(table.map_or((*nearest).into(), |table| format!("{table}.{nearest}").into()))
            }
            Self::Invalid { name: key, .. }
            | Self::UnknownKey { key, .. }
            | Self::UnsupportedKey { key, .. }
            | Self::RepeatedKey { key, .. }
            | Self::UnsetVariable { key, .. }
            | Self::UnreadableFile { name: key, .. }
            | Self::Others { first: key, .. } => Some(key.into()),
            _ => None,
        }
    }
}

/// An error of the operating system is copied with its kind and its text.
impl Clone for ConfigError {
    fn clone(&self) -> Self {
        let copy = |cause: &io::Error| match cause.raw_os_error() {
            Some(code) => io::Error::from_raw_os_error(code),
            None => io::Error::new(cause.kind(), cause.to_string()),
        };
        match self {
            Self::Unreadable { path, cause } => {
                Self::Unreadable { path: path.clone(), cause: copy(cause) }
            }
            Self::UnknownFormat { path } => Self::UnknownFormat { path: path.clone() },
            Self::Syntax { origin, format, message } => {
                Self::Syntax { origin: origin.clone(), format, message: message.clone() }
            }
            Self::Invalid { name, value, origin, expected } => Self::Invalid {
                name: name.clone(),
                value: value.clone(),
                origin: origin.clone(),
                expected,
            },
            Self::UnknownKey { key, origin, nearest, known } => Self::UnknownKey {
                key: key.clone(),
                origin: origin.clone(),
                nearest: *nearest,
                known: known.clone(),
            },
            Self::UnsupportedKey { key, origin, known } => Self::UnsupportedKey {
                key: key.clone(),
                origin: origin.clone(),
                known: known.clone(),
            },
            Self::RepeatedKey { key, origin } => {
                Self::RepeatedKey { key: key.clone(), origin: origin.clone() }
            }
            Self::UnsetVariable { key, variable, origin } => Self::UnsetVariable {
                key: key.clone(),
                variable: variable.clone(),
                origin: origin.clone(),
            },
            Self::UnreadableFile { name, path, origin, cause } => Self::UnreadableFile {
                name: name.clone(),
                path: path.clone(),
                origin: origin.clone(),
                cause: copy(cause),
            },
            Self::Several(mistakes) => Self::Several(mistakes.clone()),
            Self::Others { number, first, origin } => {
                Self::Others { number: *number, first: first.clone(), origin: origin.clone() }
            }
        }
    }
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigSource {
    /// A configuration file.
    File(PathBuf),
    /// The file of OpenTelemetry's declarative configuration, which `OTEL_CONFIG_FILE` names.
    DeclarativeFile(PathBuf),
    /// A document that the program passed as text.
    Text,
    /// The environment.
    Environment,
    /// The program, which sets the value in code.
    Program,
}

impl fmt::Display for ConfigSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file `{}`", shown(path)),
            Self::DeclarativeFile(path) => {
                write!(f, "the file `{}` of `OTEL_CONFIG_FILE`", shown(path))
            }
            Self::Text => f.write_str("the text"),
            Self::Environment => f.write_str("the environment"),
            Self::Program => f.write_str("the program"),
        }
    }
}

/// A path as a message shows it.
pub(super) fn shown(path: &Path) -> String {
    Excerpt::of_message(&path.to_string_lossy()).to_string()
}

fn is(value: Option<&str>) -> String {
    value.map_or_else(|| "has a value that is not shown".to_owned(), |value| format!("is {value}"))
}

fn one_of(known: &[&str]) -> String {
    if known.is_empty() { "no key".to_owned() } else { format!("one of {}", known.join(", ")) }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |key| format!("did you mean `{key}`? "))
}

fn mistakes(number: usize) -> &'static str {
    if number == 1 { "mistake" } else { "mistakes" }
}

fn count(errors: &[ConfigError]) -> usize {
    let counts = errors.iter().map(|error| match error {
        ConfigError::Others { number, .. } => *number,
        _ => 1,
    });
    counts.sum()
}

fn one_per_line(errors: &[ConfigError]) -> String {
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    messages.join("\n  ")
}

/// The error of a parser of single values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct InvalidValue {
    /// The allowed values.
    pub(super) expected: &'static str,
    /// Whether the value may hold a secret, so that a message must not repeat it.
    pub(super) secret: bool,
}

impl InvalidValue {
    pub(super) const fn unshown(expected: &'static str) -> Self {
        Self { expected, secret: true }
    }
}

impl From<&'static str> for InvalidValue {
    fn from(expected: &'static str) -> Self {
        Self { expected, secret: false }
    }
}

/// The most mistakes of a part that are reported. Those in settings for what is off leave room for
/// the others.
const MAX_MISTAKES: usize = 50;

/// Collects the mistakes in one source, so that they are reported at once: the first
/// [`MAX_MISTAKES`] of each part, and the number of its others.
#[derive(Debug)]
pub(super) struct ErrorCollector {
    origin: ConfigSource,
    found: RefCell<Vec<ConfigError>>,
    parts: RefCell<BTreeMap<Part, Counted>>,
}

/// The mistakes of a part.
#[derive(Debug, Default)]
struct Counted {
    number: usize,
    /// The key or variable of the first one that is counted alone.
    first_other: String,
}

impl ErrorCollector {
    pub(super) fn of(origin: ConfigSource) -> Self {
        Self { origin, found: RefCell::default(), parts: RefCell::default() }
    }

    /// Adds one mistake in the value of this key or variable. `error` receives the name and the
    /// source that all mistakes share; it is not called for a mistake that is counted alone.
    pub(super) fn add(
        &self,
        name: String,
        error: impl FnOnce(String, ConfigSource) -> ConfigError,
    ) {
        let mut parts = self.parts.borrow_mut();
        let counted = parts.entry(Part::of(&name)).or_default();
        counted.number += 1;
        if counted.number <= MAX_MISTAKES {
            self.found.borrow_mut().push(error(name, self.origin.clone()));
        } else if counted.first_other.is_empty() {
            counted.first_other = name;
        }
    }

    pub(super) fn invalid(&self, name: impl Into<String>, value: String, invalid: InvalidValue) {
        self.add(name.into(), |name, origin| ConfigError::Invalid {
            name,
            value: (!invalid.secret).then_some(value),
            origin,
            expected: invalid.expected,
        });
    }

    pub(super) fn unreadable(&self, name: impl Into<String>, path: PathBuf, cause: io::Error) {
        self.add(name.into(), |name, origin| ConfigError::UnreadableFile {
            name,
            path,
            origin,
            cause,
        });
    }

    /// The mistakes that were found.
    pub(super) fn finish(self) -> Vec<ConfigError> {
        let mut found = self.found.into_inner();
        let others = self.parts.into_inner().into_values();
        let others = others.filter(|counted| counted.number > MAX_MISTAKES);
        found.extend(others.map(|Counted { number, first_other }| ConfigError::Others {
            number: number - MAX_MISTAKES,
            first: first_other,
            origin: self.origin.clone(),
        }));
        found
    }
}
