//! The URL that metrics are pushed to.

use std::fmt;

use http::{
    Uri,
    uri::{Authority, Scheme},
};
use osapi_metrics_rules::excerpt::{Excerpt, ShownAddress};

use crate::config::{OtlpConfig, OtlpError};

/// A checked `http` or `https` URL. `Display` leaves out the query, which may hold a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint(Uri);

impl Endpoint {
    pub(super) fn of(config: &OtlpConfig) -> Result<Self, OtlpError> {
        Self::parse(&config.url())
    }

    fn parse(url: &str) -> Result<Self, OtlpError> {
        let invalid = |reason: String| OtlpError::Endpoint {
            endpoint: ShownAddress(url).to_string(),
            reason,
        };
        let uri: Uri = url.parse().map_err(|cause| invalid(format!("is not a URL ({cause})")))?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(other) => {
                return Err(invalid(format!("has the unknown scheme `{}`", Excerpt::of(other))));
            }
            None => return Err(invalid("has no scheme".to_owned())),
        }
        match uri.authority() {
            Some(authority) if authority.as_str().contains('@') => Err(invalid(
                "contains credentials, which would not be sent; put them into `headers`".to_owned(),
            )),
            Some(authority) if authority.port_u16().is_none() && has_port(authority) => {
                Err(invalid("has a port that is no number up to 65535".to_owned()))
            }
            Some(authority) if !authority.host().is_empty() => Ok(Self(uri)),
            _ => Err(invalid("has no host".to_owned())),
        }
    }

    /// The URL for the transports, with the query.
    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    /// Whether the connection is encrypted.
    pub(super) fn is_tls(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }
}

fn has_port(authority: &Authority) -> bool {
    authority.as_str().len() > authority.host().len()
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&ShownAddress(&self.0.to_string()), formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_with_a_host_are_accepted() {
        for (url, tls) in [
            ("http://localhost:4317", false),
            ("https://collector.example/v1/metrics", true),
            ("http://[::1]:4318/v1/metrics", false),
        ] {
            let endpoint = Endpoint::parse(url).unwrap();
            assert_eq!(endpoint.is_tls(), tls, "{url}");
            assert!(endpoint.uri().to_string().starts_with(url), "{url}");
        }
    }

    #[test]
    fn other_urls_are_refused_with_the_reason() {
        for (url, reason) in [
            ("", "is not a URL"),
            ("localhost:4317", "has no scheme"),
            ("/v1/metrics", "has no scheme"),
            ("unix:///run/collector", "is not a URL"),
            ("ftp://collector", "unknown scheme `ftp`"),
            ("http://", "is not a URL"),
            ("http://a b", "is not a URL"),
            ("http://collector:x", "has a port that is no number"),
            ("http://collector:65536", "has a port that is no number"),
            ("http://[::1]:", "has a port that is no number"),
        ] {
            let message = Endpoint::parse(url).unwrap_err().to_string();
            assert!(message.contains(reason), "{url}: {message}");
            assert!(message.contains("give `http://host:port`"), "{message}");
        }
    }

    #[test]
    fn secrets_in_a_url_are_never_shown() {
        for url in [
            "http://user:hunter2@collector",
            "user:hunter2@collector:4317",
            "http://us er:hunter2@collector",
            "http://user:x?hunter2@collector",
            "http://user:hunter2#x@collector",
            "ftp://collector?token=hunter2",
        ] {
            let message = Endpoint::parse(url).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
        let endpoint = Endpoint::parse("http://collector/push?token=hunter2").unwrap();
        assert_eq!(endpoint.to_string(), "http://collector/push?…");
        assert!(endpoint.uri().to_string().ends_with("?token=hunter2"));
    }

    #[test]
    fn messages_do_not_grow_with_a_url() {
        let long = "x".repeat(100_000);
        for url in [
            format!("http://{long}"),
            format!("http://{long} "),
            format!("http://collector/{long}"),
            format!("{long}://collector"),
            format!("x{}://collector", &long[..60]),
            format!("http://user:{long}@collector"),
            format!("http://collector:4317@{long}"),
            long,
        ] {
            let shown = match Endpoint::parse(&url) {
                Ok(endpoint) => endpoint.to_string(),
                Err(error) => error.to_string(),
            };
            assert!(shown.len() < 800, "{}: {}", &url[..20], shown.len());
        }
    }
}
