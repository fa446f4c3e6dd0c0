use http::{Request, Version, header::HOST, uri::Authority};

/// Checks that a request says for which host it is, once (RFC 9112, 3.2). The error is the reason
/// for the answer 400.
pub(super) fn check<B>(request: &Request<B>) -> Result<(), &'static str> {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if request.version() < Version::HTTP_11 => Ok(()),
        (None, _) => Err("it has no `Host`"),
        (Some(_), Some(_)) => Err("it has more than one `Host`"),
        (Some(host), None) if is_host(host.as_bytes()) => Ok(()),
        (Some(_), None) => Err("its `Host` is not a host with or without a port"),
    }
}

/// Whether the value is a host with or without a port. It is empty for a URI without host.
fn is_host(value: &[u8]) -> bool {
    if value.is_empty() {
        return true;
    }
    let Ok(authority) = Authority::try_from(value) else { return false };
    // A user name may come before the host, and anything after its colon.
    let port = authority.as_str().strip_prefix(authority.host());
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    port.is_some_and(|port| port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_hosts_with_or_without_ports() {
        for value in ["", "localhost", "a.example:80", "a:", "127.0.0.1:9464", "[::1]", "[::1]:80"]
        {
            assert!(is_host(value.as_bytes()), "{value}");
        }
        for value in [
            "a b", "a/b", "a,b c", "user@a", "user:x@a", "a:b", "a:1:2", "[::1", "::1", "a?b",
            "a#b", "http://a", ":80x", "\u{e4}", "\"a\"",
        ] {
            assert!(!is_host(value.as_bytes()), "{value}");
        }
    }
}
