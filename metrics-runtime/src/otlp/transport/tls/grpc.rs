//! TLS of the gRPC channel.

use tonic::transport::{self, Certificate, ClientTlsConfig, Identity};

use super::TlsFiles;
use crate::{
    config::OtlpConfig,
    otlp::{Endpoint, OtlpError},
};

/// Gives the channel its TLS settings if the endpoint is an `https` one. Left to itself it would trust nobody.
pub(in super::super) fn secure_grpc(
    channel: transport::Endpoint,
    config: &OtlpConfig,
    endpoint: &Endpoint,
) -> Result<transport::Endpoint, OtlpError> {
    if !endpoint.is_tls() {
        return Ok(channel);
    }
    let files = TlsFiles::read(config)?;
    let mut settings = match files.authorities {
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().with_enabled_roots(),
    };
    if let Some(identity) = files.identity {
        settings = settings.identity(Identity::from_pem(identity.chain, identity.key));
    }
    channel.tls_config(settings).map_err(|error| OtlpError::Transport {
        endpoint: endpoint.to_string(),
        source: error.into(),
    })
}
