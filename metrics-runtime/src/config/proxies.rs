//! The variables that name proxies, as curl and clients in Go read them.

use super::{ConfigError, ConfigSource, Environment, Secret};

/// The proxies that the environment names. They are read with the other variables, and checked
/// where an address needs one: a proxy that nothing uses is no mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProxyVariables {
    pub(super) http: Option<ProxyVariable>,
    pub(super) https: Option<ProxyVariable>,
    pub(super) all: Option<ProxyVariable>,
    pub(super) exceptions: Option<ProxyVariable>,
}

/// A variable with its value, which may have a password in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ProxyVariable {
    pub(super) name: &'static str,
    /// Absent if the value is not in UTF-8.
    pub(super) value: Option<Secret>,
}

impl ProxyVariables {
    /// Takes over the variables that are set.
    pub(crate) fn read(&mut self, environment: &Environment) {
        // The server of a CGI program makes variables of the headers of its client.
        let is_cgi = environment.get("REQUEST_METHOD").is_some();
        let http: &[_] = if is_cgi { &["http_proxy"] } else { &["HTTP_PROXY", "http_proxy"] };
        for (variable, names) in [
            (&mut self.http, http),
            (&mut self.https, &["HTTPS_PROXY", "https_proxy"]),
            (&mut self.all, &["ALL_PROXY", "all_proxy"]),
            (&mut self.exceptions, &["NO_PROXY", "no_proxy"]),
        ] {
            let read = names.iter().find_map(|name| {
                let value = environment.get(name)?.into_string().ok();
                Some(ProxyVariable { name, value: value.map(Secret::from) })
            });
            if read.is_some() {
                *variable = read;
            }
        }
    }

    /// The proxy for addresses with or without TLS.
    pub(crate) fn of_scheme(&self, is_tls: bool) -> Option<&ProxyVariable> {
        let of_scheme = if is_tls { &self.https } else { &self.http };
        of_scheme.as_ref().or(self.all.as_ref())
    }

    /// The addresses that are reached without a proxy.
    pub(crate) fn exceptions(&self) -> Option<&ProxyVariable> {
        self.exceptions.as_ref()
    }
}

impl ProxyVariable {
    /// The value; `None` if it is not in UTF-8.
    pub(crate) fn text(&self) -> Option<&str> {
        self.value.as_ref().map(|value| value.expose().trim())
    }

    /// The error for a value that is not what is expected.
    pub(crate) fn rejected(&self, expected: &'static str) -> ConfigError {
        ConfigError::Invalid {
            name: self.name.to_owned(),
            value: None,
            origin: ConfigSource::Environment,
            expected,
        }
    }
}
