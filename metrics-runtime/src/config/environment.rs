use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
    fmt,
};

/// The environment variables that a configuration reads: the variables of the process, or an
/// explicit set for tests.
///
/// ```
/// use osapi_metrics::config::{Environment, MetricsConfig};
///
/// let environment = Environment::from_iter([("OTEL_SERVICE_NAME", "osapi-agent")]);
/// let config = MetricsConfig::default().with_environment(&environment)?;
/// assert_eq!(config.service_name.as_deref(), Some("osapi-agent"));
/// # Ok::<(), osapi_metrics::config::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Environment(Variables);

#[derive(Clone)]
enum Variables {
    Process,
    Explicit(BTreeMap<OsString, OsString>),
}

impl Environment {
    /// The variables of this process. Each variable is read when the configuration needs it.
    pub fn process() -> Self {
        Self(Variables::Process)
    }

    /// The value of a variable. An empty value counts as unset, as the OpenTelemetry specification
    /// requires.
    ///
    /// A service reads its own variables here, so that its tests set them as they set those of the
    /// framework:
    ///
    /// ```
    /// use osapi_metrics::config::Environment;
    ///
    /// let environment = Environment::from_iter([("SHOP_REGION", "eu"), ("SHOP_ZONE", "")]);
    /// assert_eq!(environment.get("SHOP_REGION"), Some("eu".into()));
    /// assert_eq!(environment.get("SHOP_ZONE"), None);
    /// ```
    pub fn get(&self, variable: &str) -> Option<OsString> {
        match &self.0 {
            Variables::Process => env::var_os(variable),
            Variables::Explicit(variables) => variables.get(OsStr::new(variable)).cloned(),
        }
        .filter(|value| !value.is_empty())
    }
}

/// No variables.
impl Default for Environment {
    fn default() -> Self {
        Self(Variables::Explicit(BTreeMap::new()))
    }
}

/// Keeps the last of several values of one variable.
impl<K: Into<OsString>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(Variables::Explicit(variables.collect()))
    }
}

/// Shows names only: any variable may hold a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Variables::Process => f.write_str("Environment::process()"),
            Variables::Explicit(variables) => f.debug_set().entries(variables.keys()).finish(),
        }
    }
}
