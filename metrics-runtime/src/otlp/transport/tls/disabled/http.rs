use hyper_util::client::legacy::connect::HttpConnector;

use super::plain_text::plain_text_only;
use crate::{
    config::{OtlpConfig, OtlpError},
    otlp::endpoint::Endpoint,
};

pub(in crate::otlp::transport) fn http_connector(
    _: &OtlpConfig,
    endpoint: &Endpoint,
) -> Result<HttpConnector, OtlpError> {
    plain_text_only(endpoint)?;
    Ok(HttpConnector::new())
}
