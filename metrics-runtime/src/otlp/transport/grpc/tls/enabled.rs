use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::{config::OtlpError, http_client::TlsSettings, otlp::transport::setup::Setup};

/// Adds TLS settings to the channel if the endpoint is `https`. By default the channel trusts no
/// authority.
pub(in crate::otlp::transport::grpc) fn secure(
    channel: Endpoint,
    setup: &Setup<'_>,
    tls: &TlsSettings,
) -> Result<Endpoint, OtlpError> {
    if !setup.endpoint.is_tls() {
        return Ok(channel);
    }
    let mut settings = match &tls.authorities {
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().with_enabled_roots(),
    };
    if let Some(identity) = &tls.identity {
        settings = settings.identity(Identity::from_pem(&identity.chain, &identity.key));
    }
    channel.tls_config(settings).map_err(|error| setup.rejected(error))
}
