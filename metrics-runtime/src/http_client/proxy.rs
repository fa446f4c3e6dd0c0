//! Which proxy leads to an address, by the variables of the environment.

use std::{fmt, net::IpAddr};

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;

use super::{Address, IS_TLS_COMPILED};
use crate::config::{ConfigError, ProxyVariable, ProxyVariables};

/// A proxy. `Display` and `Debug` leave out its user name and password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    uri: Uri,
    authorization: Option<HeaderValue>,
}

const EXPECTED: &str = "the URL of a proxy, `http://host:port` or `https://host:port`, where a \
                        user name and a password before the host are percent-encoded";

const EXPECTED_WITHOUT_TLS: &str = "the URL of a proxy, `http://host:port`, because TLS is not \
                                    compiled in; the features `otlp-tls` and `pushgateway-tls` of \
                                    `osapi-metrics` add it";

impl Proxy {
    /// The proxy that the environment names for an address; `None` if the address is reached
    /// without one.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if the variable that counts does not have the URL of a proxy.
    pub(crate) fn of(
        variables: &ProxyVariables,
        address: &Address,
    ) -> Result<Option<Self>, ConfigError> {
        let Some(variable) = variables.of_scheme(address.is_tls()) else { return Ok(None) };
        if is_this_machine(address.host()) {
            return Ok(None);
        }
        let exceptions = match variables.exceptions() {
            Some(exceptions) => exceptions
                .text()
                .ok_or_else(|| exceptions.rejected("a comma-separated list of hosts in UTF-8"))?,
            None => "",
        };
        if is_excepted(address, exceptions) {
            return Ok(None);
        }
        parse(variable).map(Some).map_err(|expected| variable.rejected(expected))
    }

    /// The address of the proxy.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The user name and the password, as the proxy reads them.
    pub(crate) fn authorization(&self) -> Option<&HeaderValue> {
        self.authorization.as_ref()
    }

    /// Whether the connection to the proxy is encrypted.
    pub(crate) fn is_tls(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }
}

/// Whether the host is the machine itself. A proxy has another machine of that name; Go and its
/// exporters have the same rule.
fn is_this_machine(host: &str) -> bool {
    let address = bare(host).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// A host without the brackets of an IPv6 address.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Whether `NO_PROXY` excepts the address. The matcher knows neither ports nor `*.` before a name,
/// which clients in Go do.
fn is_excepted(address: &Address, exceptions: &str) -> bool {
    let entries = exceptions.split(',').map(str::trim).filter_map(|entry| {
        let (host, port) = split_port(entry);
        let is_of_port = port.is_none_or(|port| port == address.port());
        is_of_port.then(|| host.strip_prefix('*').filter(|host| !host.is_empty()).unwrap_or(host))
    });
    let entries: Vec<_> = entries.collect();
    // Whatever the proxy is, only the exceptions count here.
    let matcher = Matcher::builder().all("http://proxy").no(entries.join(",")).build();
    matcher.intercept(address.uri()).is_none()
}

/// The host and the port of an entry. An IPv6 address with a port is in brackets.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if entry.parse::<IpAddr>().is_ok() {
        return (entry, None);
    }
    let port = entry.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
    match port {
        Some((host, port)) => (bare(host), Some(port)),
        None => (bare(entry), None),
    }
}

/// Reads the URL of a proxy. Without a scheme it is `http`, as other clients read it.
fn parse(variable: &ProxyVariable) -> Result<Proxy, &'static str> {
    let text = variable.text().ok_or(EXPECTED)?;
    let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let address = without_user(&url).and_then(|url| Address::parse(&url, "").ok());
    let address = address.ok_or(EXPECTED)?;
    if address.is_tls() && !IS_TLS_COMPILED {
        return Err(EXPECTED_WITHOUT_TLS);
    }
    let destination = Uri::from_static("http://server");
    let proxy = Matcher::builder().all(url).build().intercept(&destination).ok_or(EXPECTED)?;
    let authorization = proxy.basic_auth().cloned();
    Ok(Proxy { uri: proxy.uri().clone(), authorization })
}

/// Scheme, host and port of a URL. `None` for a URL that has more behind them: a password that is
/// not percent-encoded would be taken for a host, and shown.
fn without_user(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, behind) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.split_once('@').map_or(authority, |(_, host)| host);
    ["", "/"].contains(&behind).then(|| format!("{scheme}://{host}"))
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.uri.to_string();
        f.write_str(shown.trim_end_matches('/'))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Environment;

    fn proxy(variables: &[(&str, &str)], url: &str) -> Result<Option<Proxy>, ConfigError> {
        let mut read = ProxyVariables::default();
        read.read(&variables.iter().copied().collect::<Environment>());
        Proxy::of(&read, &Address::parse(url, "").unwrap())
    }

    fn shown(variables: &[(&str, &str)], url: &str) -> Option<String> {
        proxy(variables, url).unwrap().map(|proxy| proxy.to_string())
    }

    const HTTP: &str = "http://collector.example:4318/v1/metrics";
    const HTTPS: &str = "https://collector.example";

    #[test]
    fn the_variable_of_the_scheme_counts() {
        for (variables, http, https) in [
            (&[][..], None, None),
            (&[("HTTP_PROXY", "http://a:1")], Some("http://a:1"), None),
            (&[("http_proxy", "a:1")], Some("http://a:1"), None),
            (&[("HTTPS_PROXY", "http://b")], None, Some("http://b")),
            (&[("https_proxy", "b:2/")], None, Some("http://b:2")),
            (&[("ALL_PROXY", " c:3 ")], Some("http://c:3"), Some("http://c:3")),
            (&[("all_proxy", "http://[::1]:3")], Some("http://[::1]:3"), Some("http://[::1]:3")),
            (&[("ALL_PROXY", "c:3"), ("HTTP_PROXY", "a")], Some("http://a"), Some("http://c:3")),
            (&[("HTTP_PROXY", "a"), ("http_proxy", "b")], Some("http://a"), None),
            (&[("HTTP_PROXY", ""), ("http_proxy", "b")], Some("http://b"), None),
        ] {
            assert_eq!(shown(variables, HTTP).as_deref(), http, "{variables:?}");
            assert_eq!(shown(variables, HTTPS).as_deref(), https, "{variables:?}");
        }
    }

    /// A client of a CGI program sets `HTTP_PROXY` by its header `Proxy`.
    #[test]
    fn the_header_of_a_cgi_client_is_no_variable() {
        let cgi = ("REQUEST_METHOD", "GET");
        assert_eq!(shown(&[cgi, ("HTTP_PROXY", "a")], HTTP), None);
        assert_eq!(shown(&[cgi, ("http_proxy", "a")], HTTP).as_deref(), Some("http://a"));
        assert_eq!(shown(&[cgi, ("HTTPS_PROXY", "a")], HTTPS).as_deref(), Some("http://a"));
    }

    #[test]
    fn exceptions_are_names_addresses_networks_and_ports() {
        for (exceptions, url, is_excepted) in [
            ("*", HTTP, true),
            ("collector.example", HTTP, true),
            ("COLLECTOR.example", HTTP, true),
            ("example", HTTP, true),
            (".example", HTTP, true),
            ("*.example", HTTP, true),
            ("other, example", HTTP, true),
            ("ample", HTTP, false),
            ("other.example", HTTP, false),
            ("", HTTP, false),
            (",", HTTP, false),
            ("collector.example:4318", HTTP, true),
            ("collector.example:4317", HTTP, false),
            (".example:4318", HTTP, true),
            ("collector.example:443", HTTPS, true),
            ("collector.example:80", "http://collector.example", true),
            ("10.0.0.0/8", "http://10.1.2.3:4317", true),
            ("10.0.0.0/8", "http://11.1.2.3:4317", false),
            ("10.1.2.3", "http://10.1.2.3:4317", true),
            ("10.1.2.3:4317", "http://10.1.2.3:4317", true),
            ("10.1.2.3:4318", "http://10.1.2.3:4317", false),
            ("fd00::/8", "http://[fd00::1]:4317", true),
            ("fd00::1", "http://[fd00::1]:4317", true),
            ("[fd00::1]:4317", "http://[fd00::1]:4317", true),
            ("[fd00::1]:1", "http://[fd00::1]:4317", false),
            ("fe00::1", "http://[fd00::1]:4317", false),
        ] {
            for variable in ["NO_PROXY", "no_proxy"] {
                let variables = [("ALL_PROXY", "proxy:3128"), (variable, exceptions)];
                assert_eq!(shown(&variables, url).is_none(), is_excepted, "{exceptions} {url}");
            }
        }
    }

    #[test]
    fn the_machine_itself_is_reached_without_a_proxy() {
        for host in ["localhost", "LocalHost", "127.0.0.1", "127.8.0.1", "[::1]"] {
            assert_eq!(shown(&[("ALL_PROXY", "proxy")], &format!("http://{host}:4317")), None);
        }
    }

    #[test]
    fn user_name_and_password_are_sent_and_not_shown() {
        for (url, sent) in [
            ("http://user:hunter2@proxy:1", Some("Basic dXNlcjpodW50ZXIy")),
            ("user:hunter2@proxy:1", Some("Basic dXNlcjpodW50ZXIy")),
            ("http://us%3Aer:hun%40ter2@proxy:1", Some("Basic dXM6ZXI6aHVuQHRlcjI=")),
            ("http://user@proxy:1", Some("Basic dXNlcjo=")),
            ("http://proxy:1", None),
        ] {
            let proxy = proxy(&[("HTTP_PROXY", url)], HTTP).unwrap().unwrap();
            let authorization = proxy.authorization().map(|value| value.to_str().unwrap());
            assert_eq!(authorization, sent, "{url}");
            assert_eq!(format!("{proxy} {proxy:?}"), "http://proxy:1 Proxy(http://proxy:1)");
        }
    }

    #[test]
    fn what_is_no_proxy_is_named_with_its_variable_and_not_shown() {
        for (url, expected) in [
            ("socks5://hunter2:1080", "`http://host:port` or `https://host:port`"),
            ("ftp://hunter2", "`http://host:port`"),
            ("http://", "`http://host:port`"),
            ("http://hunter2:0x", "`http://host:port`"),
            ("http://hunter2:70000", "`http://host:port`"),
            ("http://a:hunter2@", "`http://host:port`"),
            ("http://a:hun ter2@proxy", "`http://host:port`"),
            ("http://a:hunter2#@proxy", "`http://host:port`"),
            ("http://a:hunter2?@proxy", "`http://host:port`"),
            ("http://a:hunter2/@proxy", "`http://host:port`"),
            ("a:hunter2/@proxy", "`http://host:port`"),
            ("http:/hunter2", "`http://host:port`"),
            ("http//hunter2:1", "`http://host:port`"),
            ("://hunter2:1", "`http://host:port`"),
            ("http://a:hunter2@b@proxy", "`http://host:port`"),
            ("hunter 2", "`http://host:port`"),
        ] {
            for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
                let error = proxy(&[(variable, url)], HTTP).unwrap_err().to_string();
                let begin =
                    format!("`{variable}` in the environment has a value that is not shown");
                assert!(error.starts_with(&begin), "{url}: {error}");
                assert!(error.contains(expected) && !error.contains("hun"), "{url}: {error}");
            }
            // It is not in force.
            assert_eq!(proxy(&[("HTTP_PROXY", url)], HTTPS).unwrap(), None);
            assert_eq!(proxy(&[("HTTP_PROXY", url)], "http://localhost").unwrap(), None);
            let variables = [("HTTP_PROXY", url), ("NO_PROXY", "*")];
            assert_eq!(proxy(&variables, HTTP).unwrap(), None);
        }
    }

    #[test]
    fn a_proxy_with_tls_needs_it_compiled_in() {
        let result = proxy(&[("HTTP_PROXY", "https://proxy")], HTTP);
        if IS_TLS_COMPILED {
            assert!(result.unwrap().unwrap().is_tls());
        } else {
            assert!(result.unwrap_err().to_string().contains("`otlp-tls`"));
        }
    }
}
