use tonic::transport::Endpoint;

use crate::{config::OtlpError, http_client::TlsSettings, otlp::transport::setup::Setup};

pub(in crate::otlp::transport::grpc) fn secure(
    channel: Endpoint,
    setup: &Setup<'_>,
    _: &TlsSettings,
) -> Result<Endpoint, OtlpError> {
    if setup.endpoint.is_tls() {
        return Err(OtlpError::TlsNotCompiled { endpoint: setup.endpoint.to_string() });
    }
    Ok(channel)
}
