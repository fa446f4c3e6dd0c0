use tonic::transport;

use super::plain_text::plain_text_only;
use crate::{
    config::{OtlpConfig, OtlpError},
    otlp::endpoint::Endpoint,
};

pub(in crate::otlp::transport) fn secure_grpc(
    channel: transport::Endpoint,
    _: &OtlpConfig,
    endpoint: &Endpoint,
) -> Result<transport::Endpoint, OtlpError> {
    plain_text_only(endpoint)?;
    Ok(channel)
}
