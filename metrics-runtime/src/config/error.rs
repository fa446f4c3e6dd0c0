use std::{borrow::Cow, cell::RefCell, fmt, io, path::PathBuf};

use thiserror::Error;

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
    #[error("cannot read the configuration file `{}`: {cause}; expected a readable file in UTF-8", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The name of the configuration file does not show its format.
    #[error("the format of the configuration file `{}` is unknown; expected a name that ends in `.yaml`, `.yml`, `.toml` or `.json`", path.display())]
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
    #[error("`{name}` in {origin} {}; expected {expected}", is(value.as_deref()))]
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
    #[error("unknown key `{key}` in {origin}; {}expected one of {}", did_you_mean(*nearest), known.join(", "))]
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
    /// The document gives a key twice.
    #[error("`{key}` stands twice in {origin}; expected each key once")]
    RepeatedKey {
        /// The key from the top of the document.
        key: String,
        /// The source of the document.
        origin: ConfigSource,
    },
    /// A value refers to a variable that is not set, or is empty.
    #[error(
        "`{key}` in {origin} refers to the environment variable `{variable}`, which is not set; expected it to be set and not empty"
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
    #[error("`{name}` in {origin} names the file `{}`: {cause}; expected a readable file", path.display())]
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
    /// More than one mistake.
    #[error("{} mistakes in the configuration:\n  {}", .0.len(), one_per_line(.0))]
    Several(Vec<ConfigError>),
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
            Self::Invalid { origin, .. }
            | Self::UnknownKey { origin, .. }
            | Self::RepeatedKey { origin, .. }
            | Self::UnsetVariable { origin, .. }
            | Self::UnreadableFile { origin, .. } => Some(origin),
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
            | Self::RepeatedKey { key, .. }
            | Self::UnsetVariable { key, .. }
            | Self::UnreadableFile { name: key, .. } => Some(key.into()),
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
        }
    }
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigSource {
    /// A configuration file.
    File(PathBuf),
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
            Self::File(path) => write!(f, "the file `{}`", path.display()),
            Self::Text => f.write_str("the text"),
            Self::Environment => f.write_str("the environment"),
            Self::Program => f.write_str("the program"),
        }
    }
}

fn is(value: Option<&str>) -> String {
    value.map_or_else(|| "has a value that is not shown".to_owned(), |value| format!("is {value}"))
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |key| format!("did you mean `{key}`? "))
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

/// Collects every mistake in one source, so that all mistakes are reported at once.
#[derive(Debug)]
pub(super) struct ErrorCollector {
    origin: ConfigSource,
    found: RefCell<Vec<ConfigError>>,
}

impl ErrorCollector {
    pub(super) fn of(origin: ConfigSource) -> Self {
        Self { origin, found: RefCell::default() }
    }

    /// Adds one mistake. `error` receives the source that all mistakes share.
    pub(super) fn add(&self, error: impl FnOnce(ConfigSource) -> ConfigError) {
        self.found.borrow_mut().push(error(self.origin.clone()));
    }

    pub(super) fn invalid(&self, name: impl Into<String>, value: String, invalid: InvalidValue) {
        self.add(|origin| ConfigError::Invalid {
            name: name.into(),
            value: (!invalid.secret).then_some(value),
            origin,
            expected: invalid.expected,
        });
    }

    pub(super) fn unreadable(&self, name: impl Into<String>, path: PathBuf, cause: io::Error) {
        self.add(|origin| ConfigError::UnreadableFile { name: name.into(), path, origin, cause });
    }

    /// The mistakes that were found.
    pub(super) fn finish(self) -> Vec<ConfigError> {
        self.found.into_inner()
    }
}
