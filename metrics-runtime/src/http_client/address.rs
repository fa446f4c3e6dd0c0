//! The URL of a server.

use std::fmt;

use http::{
    Uri,
    uri::{Authority, Scheme},
};
use osapi_metrics_rules::excerpt::{Excerpt, ShownAddress};

/// A checked `http` or `https` URL. `Display` leaves out the query, which may hold a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(Uri);

impl Address {
    /// Reads a URL.
    ///
    /// # Errors
    ///
    /// The problem with the URL, without the URL itself. `credentials` says where user name and
    /// password belong.
    pub(crate) fn parse(url: &str, credentials: &str) -> Result<Self, String> {
        let uri: Uri = url.parse().map_err(|cause| format!("is not a URL ({cause})"))?;
        match uri.scheme_str() {
            Some("http" | "https") => {}
            Some(other) => return Err(format!("has the unknown scheme `{}`", Excerpt::of(other))),
            None => return Err("has no scheme".to_owned()),
        }
        match uri.authority() {
            Some(authority) if authority.as_str().contains('@') => {
                Err(format!("contains credentials, which would not be sent; {credentials}"))
            }
            Some(authority) if authority.port_u16().is_none() && has_port(authority) => {
                Err("has a port that is no number up to 65535".to_owned())
            }
            Some(authority) if !authority.host().is_empty() => Ok(Self(uri)),
            _ => Err("has no host".to_owned()),
        }
    }

    /// The URL for requests, with the query.
    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_tls(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    pub(super) fn host(&self) -> &str {
        self.0.host().unwrap_or_default()
    }

    pub(super) fn port(&self) -> u16 {
        port(&self.0)
    }
}

/// The port of a URL, which is that of the scheme where the URL has none.
pub(super) fn port(uri: &Uri) -> u16 {
    let of_scheme = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    uri.port_u16().unwrap_or(of_scheme)
}

fn has_port(authority: &Authority) -> bool {
    authority.as_str().len() > authority.host().len()
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        let (address, query) = text.split_at(text.find('?').unwrap_or(text.len()));
        if query.contains('@') {
            // A password that was not escaped.
            return fmt::Display::fmt(&ShownAddress(&text), formatter);
        }
        fmt::Display::fmt(&Excerpt::of_message(address), formatter)?;
        if query.is_empty() { Ok(()) } else { formatter.write_str("?…") }
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
            let address = Address::parse(url, "").unwrap();
            assert_eq!(address.is_tls(), tls, "{url}");
            assert!(address.uri().to_string().starts_with(url), "{url}");
        }
    }

    #[test]
    fn an_address_is_shown_without_its_query() {
        for (url, shown) in [
            ("http://[::1]:4318/v1/metrics?token=1", "http://[::1]:4318/v1/metrics?…"),
            ("http://user:1?2@gateway", "http://…?…"),
            (
                "http://gateway:9091/job@base64/ZGIvMSDDvA",
                "http://gateway:9091/job@base64/ZGIvMSDDvA",
            ),
        ] {
            assert_eq!(Address::parse(url, "").unwrap().to_string(), shown);
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
            let message = Address::parse(url, "see elsewhere").unwrap_err();
            assert!(message.contains(reason), "{url}: {message}");
        }
    }
}
