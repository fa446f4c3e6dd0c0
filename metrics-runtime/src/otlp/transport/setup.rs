use http::{HeaderMap, HeaderValue, header};

use crate::{
    config::{OtlpCompression, OtlpConfig},
    otlp::endpoint::Endpoint,
};

/// The input of a transport.
pub(super) struct Setup<'a> {
    pub(super) config: &'a OtlpConfig,
    pub(super) endpoint: &'a Endpoint,
    /// The configured headers.
    pub(super) headers: HeaderMap,
}

/// The product and its version, as the specification asks for.
const USER_AGENT: &str = concat!("osapi-metrics/", env!("CARGO_PKG_VERSION"));

impl Setup<'_> {
    /// Takes the user agent out of the headers: the configured one, or this product's.
    pub(super) fn take_user_agent(&mut self) -> HeaderValue {
        let configured = self.headers.remove(header::USER_AGENT);
        configured.unwrap_or(HeaderValue::from_static(USER_AGENT))
    }

    pub(super) fn is_compressed(&self) -> bool {
        self.config.compression == OtlpCompression::Gzip
    }
}
