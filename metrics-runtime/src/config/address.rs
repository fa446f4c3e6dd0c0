//! The addresses of the endpoint and of a collector.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::error::InvalidValue;

/// Reads `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`.
pub(super) fn listen(text: &str) -> Result<SocketAddr, InvalidValue> {
    let parsed = text.parse().ok().or_else(|| {
        let (name, number) = text.rsplit_once(':')?;
        let host = host(name).ok().filter(IpAddr::is_ipv4)?;
        Some(SocketAddr::new(host, port(number).ok()?))
    });
    parsed.ok_or_else(|| {
        "an IP address or `localhost` with a port, such as `127.0.0.1:9464` or `[::]:9464`".into()
    })
}

/// Reads an IP address or `localhost`. Other names would need a resolver before the program has
/// started.
pub(super) fn host(text: &str) -> Result<IpAddr, InvalidValue> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if bare.eq_ignore_ascii_case("localhost") {
        return Ok(Ipv4Addr::LOCALHOST.into());
    }
    bare.parse().map_err(|_| "an IP address or `localhost`, such as `0.0.0.0`".into())
}

/// Reads a port; 0 lets the operating system choose one.
pub(super) fn port(text: &str) -> Result<u16, InvalidValue> {
    text.parse().map_err(|_| "a port from 0 to 65535, such as `9464`".into())
}

/// Reads the path of the Prometheus endpoint.
///
/// Only characters that need no escaping are allowed: routers give a meaning to several other
/// characters. Clients and proxies rewrite segments that are empty or made of dots.
pub(super) fn path(text: &str) -> Result<String, InvalidValue> {
    if is_plain_path(text) && !TAKEN_PATHS.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err("a path that begins with `/`, made of letters, digits and `/-._~`, without `//` and without `.` or `..` between two `/`, other than `/health` and `/health/ready`".into())
    }
}

/// The paths of the process's health.
pub(crate) const TAKEN_PATHS: [&str; 2] = ["/health", "/health/ready"];

/// Whether every client and proxy passes the path on as it is.
pub(crate) fn is_plain_path(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let Some(rest) = text.strip_prefix('/') else { return false };
    let mut segments = rest.strip_suffix('/').unwrap_or(rest).split('/');
    text.bytes().all(plain)
        && (text == "/" || segments.all(|segment| !["", ".", ".."].contains(&segment)))
}

/// Checks the URL of a collector.
///
/// Credentials in the URL are rejected, because an endpoint is shown in logs. They belong into
/// headers.
pub(super) fn endpoint(text: &str) -> Result<String, InvalidValue> {
    if text.contains(['@', '?', '#']) {
        return Err(InvalidValue::unshown(
            "a URL without user name, query and fragment: credentials belong into headers",
        ));
    }
    let after_scheme = match text.split_once("://") {
        None => Some(text),
        Some((scheme, rest)) => {
            ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()).then_some(rest)
        }
    };
    let graphic = text.bytes().all(|byte| byte.is_ascii_graphic());
    let authority = after_scheme.map(|rest| rest.split('/').next().unwrap_or(rest));
    if graphic && authority.is_some_and(is_authority) {
        Ok(text.to_owned())
    } else {
        Err("a URL with scheme `http` or `https`, such as `http://localhost:4317`".into())
    }
}

/// Whether the text is a host with or without a port.
fn is_authority(text: &str) -> bool {
    let bracketed = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (is_host, after) = if let Some((address, after)) = bracketed {
        (address.parse::<Ipv6Addr>().is_ok(), after)
    } else {
        let (name, after) = text.split_at(text.find(':').unwrap_or(text.len()));
        (is_host_name(name), after)
    };
    let is_port = |text: &str| text.parse::<u16>().is_ok_and(|port| port != 0);
    is_host && (after.is_empty() || after.strip_prefix(':').is_some_and(is_port))
}

/// Whether the text is a name that a certificate can have (RFC 1123, 2.1), or an IPv4 address. A
/// name whose last label is a number is meant as an address. Names of containers have underscores.
fn is_host_name(text: &str) -> bool {
    const LONGEST_NAME: usize = 253;
    const LONGEST_LABEL: usize = 63;

    let name = text.strip_suffix('.').unwrap_or(text);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_label = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit());
    name.len() <= LONGEST_NAME
        && name.split('.').all(is_label)
        && (!is_number || text.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_are_addresses() {
        for (text, address) in [
            ("127.0.0.1:9464", "127.0.0.1:9464"),
            ("0.0.0.0:0", "0.0.0.0:0"),
            ("[::1]:80", "[::1]:80"),
            ("localhost:9464", "127.0.0.1:9464"),
            ("LOCALHOST:9464", "127.0.0.1:9464"),
        ] {
            assert_eq!(listen(text), Ok(address.parse().unwrap()), "{text}");
        }
        for text in
            ["", "9464", "127.0.0.1", "127.0.0.1:", "::1:9464", "example.com:80", "localhost:65536"]
        {
            assert!(listen(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hosts_are_addresses_or_localhost() {
        for (text, address) in
            [("0.0.0.0", "0.0.0.0"), ("::", "::"), ("[::1]", "::1"), ("localhost", "127.0.0.1")]
        {
            assert_eq!(host(text), Ok(address.parse().unwrap()), "{text}");
        }
        for text in ["", "example.com", "127.0.0.1:80", "1.2.3"] {
            assert!(host(text).is_err(), "{text}");
        }
    }

    #[test]
    fn paths_begin_with_a_slash() {
        for text in ["/", "/metrics", "/metrics/", "/internal/metrics-v1.txt", "/...", "/.a/b."] {
            assert_eq!(path(text).as_deref(), Ok(text));
        }
        for text in [
            "",
            "metrics",
            "/metrics?x=1",
            "/{id}",
            "/:id",
            "/a b",
            "/ä",
            "/health",
            "/health/ready",
            "//",
            "///",
            "/a//b",
            "//a",
            "/a//",
            "/.",
            "/..",
            "/./",
            "/a/../b",
            "/a/./b",
            "/a/..",
            "/a/../",
        ] {
            assert!(path(text).is_err(), "{text}");
        }
    }

    #[test]
    fn endpoints_are_urls() {
        for text in [
            "http://localhost:4317",
            "HTTPS://collector.example/otel/",
            "http://[::1]:4317",
            "http://[::1]",
            "collector:4317",
            "collector",
            "http://my_collector.example.:4317",
            "192.0.2.1:4317",
        ] {
            assert_eq!(endpoint(text).as_deref(), Ok(text));
        }
        for text in [
            "",
            "http://",
            "ftp://c",
            "unix:/run/otel",
            "http://c:port",
            "http://c:0",
            "http://c:70000",
            "http://c d",
            "http://[::1",
            "http://[::1]4317",
            "http://ä",
            "0",
            "-1",
            "1.5",
            "1.2.3.4.5",
            "999.1.1.1",
            "-1s",
            "a..b",
            "http://a-:4317",
            &"a".repeat(64),
            &"a.".repeat(130),
            "://c",
        ] {
            assert_eq!(endpoint(text).map_err(|invalid| invalid.secret), Err(false), "{text}");
        }
        for text in ["http://user:password@c", "http://c/?token=1", "http://c#token"] {
            assert_eq!(endpoint(text).map_err(|invalid| invalid.secret), Err(true), "{text}");
        }
    }
}
