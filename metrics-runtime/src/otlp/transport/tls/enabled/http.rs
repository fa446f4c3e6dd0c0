use std::{error::Error, sync::Arc};

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::files::TlsFiles;
use crate::{
    config::{OtlpConfig, OtlpError},
    otlp::endpoint::Endpoint,
};

/// The connector of the HTTP client.
pub(in crate::otlp::transport) type Connector = HttpsConnector<HttpConnector>;

/// A connector for `http` and `https`. The certificate files are read only for `https`.
pub(in crate::otlp::transport) fn http_connector(
    config: &OtlpConfig,
    endpoint: &Endpoint,
) -> Result<Connector, OtlpError> {
    let files = if endpoint.is_tls() {
        TlsFiles::read(config)?
    } else {
        TlsFiles { authorities: None, identity: None }
    };
    let settings = settings(files)
        .map_err(|source| OtlpError::Transport { endpoint: endpoint.to_string(), source })?;
    Ok(HttpsConnectorBuilder::new()
        .with_tls_config(settings)
        .https_or_http()
        .enable_http1()
        .build())
}

fn settings(files: TlsFiles) -> Result<ClientConfig, Box<dyn Error + Send + Sync>> {
    let mut roots = RootCertStore::empty();
    match &files.authorities {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                roots.add(certificate?)?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let settings = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    Ok(match files.identity {
        Some(identity) => settings.with_client_auth_cert(
            CertificateDer::pem_slice_iter(&identity.chain).collect::<Result<_, _>>()?,
            PrivateKeyDer::from_pem_slice(&identity.key)?,
        )?,
        None => settings.with_no_client_auth(),
    })
}
