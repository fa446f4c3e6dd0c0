use http::HeaderMap;

use crate::{config::OtlpConfig, otlp::endpoint::Endpoint};

/// The input of a transport.
pub(super) struct Setup<'a> {
    pub(super) config: &'a OtlpConfig,
    pub(super) endpoint: &'a Endpoint,
    pub(super) headers: HeaderMap,
}
