use tonic::transport::{self, Certificate, ClientTlsConfig, Identity};

use super::files::TlsFiles;
use crate::{
    config::{OtlpConfig, OtlpError},
    otlp::endpoint::Endpoint,
};

/// Adds TLS settings to the channel if the endpoint is `https`. By default the channel trusts no
/// authority.
pub(in crate::otlp::transport) fn secure_grpc(
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
