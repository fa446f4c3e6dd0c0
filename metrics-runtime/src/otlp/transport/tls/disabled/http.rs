use hyper_util::client::legacy::connect::HttpConnector;

use super::plain_text::plain_text_only;
use crate::{
    config::{OtlpConfig, OtlpError},
    otlp::endpoint::Endpoint,
};

/// The connector of the HTTP client.
pub(in crate::otlp::transport) type Connector = HttpConnector;

pub(in crate::otlp::transport) fn http_connector(
    _: &OtlpConfig,
    endpoint: &Endpoint,
) -> Result<Connector, OtlpError> {
    plain_text_only(endpoint)?;
    Ok(HttpConnector::new())
}
