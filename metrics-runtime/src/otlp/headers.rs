//! The headers of each request; over gRPC they are metadata.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::config::{OtlpConfig, OtlpError};

/// The configured headers, checked.
pub(super) fn of(config: &OtlpConfig) -> Result<HeaderMap, OtlpError> {
    let mut headers = HeaderMap::new();
    for (name, value) in &config.headers {
        let (name, value) = checked(name, value.expose())
            .map_err(|reason| OtlpError::Header { name: name.clone(), reason })?;
        headers.insert(name, value);
    }
    Ok(headers)
}

fn checked(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), &'static str> {
    let name = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| "is not a header name; letters, digits and `-` are allowed")?;
    if belongs_to_the_transport(&name) {
        return Err("is set by the exporter itself; leave it out");
    }
    let mut value = HeaderValue::from_str(value).map_err(
        |_| "has a value with characters that a header cannot carry; printable ASCII is allowed",
    )?;
    value.set_sensitive(true);
    Ok((name, value))
}

fn belongs_to_the_transport(name: &HeaderName) -> bool {
    const RESERVED: [HeaderName; 8] = [
        header::CONNECTION,
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::HOST,
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    RESERVED.contains(name) || name.as_str().starts_with("grpc-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_cased_and_values_are_marked_as_secrets() {
        let (name, value) = checked("X-Tenant", "a%20b").unwrap();
        assert_eq!(name.as_str(), "x-tenant");
        assert_eq!(value.to_str().unwrap(), "a%20b", "taken as it is");
        assert!(value.is_sensitive());
    }

    #[test]
    fn headers_that_cannot_be_sent_are_rejected() {
        for (name, value, reason) in [
            ("two words", "x", "is not a header name"),
            ("", "x", "is not a header name"),
            ("x-key", "line\nbreak", "printable ASCII"),
            ("Content-Type", "text/plain", "set by the exporter"),
            ("grpc-timeout", "1S", "set by the exporter"),
        ] {
            let found = checked(name, value).unwrap_err();
            assert!(found.contains(reason), "{name}: {found}");
        }
    }
}
