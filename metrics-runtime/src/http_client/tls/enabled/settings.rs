use std::{error::Error, sync::Arc};

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::files::{Identity, read_authorities, read_identity};
use crate::{config::TlsFileError, http_client::tls::TlsPaths};

/// The connector of an HTTP client, over another connector.
pub(crate) type TlsConnector<C> = HttpsConnector<C>;

/// The content of the PEM files, read and checked.
#[derive(Debug, Default)]
pub(crate) struct TlsSettings {
    pub(crate) authorities: Option<Vec<u8>>,
    pub(crate) identity: Option<Identity>,
}

impl TlsSettings {
    pub(crate) fn read(paths: TlsPaths<'_>) -> Result<Self, TlsFileError> {
        let authorities = paths.certificate.map(read_authorities).transpose()?;
        let identity = match (paths.client_certificate, paths.client_key) {
            (Some(chain), Some(key)) => Some(read_identity(chain, key)?),
            (None, None) => None,
            (Some(_), None) => {
                return Err(TlsFileError::IncompleteIdentity {
                    given: "client_certificate",
                    missing: "client_key",
                });
            }
            (None, Some(_)) => {
                return Err(TlsFileError::IncompleteIdentity {
                    given: "client_key",
                    missing: "client_certificate",
                });
            }
        };
        Ok(Self { authorities, identity })
    }

    /// A connector for `http` and `https`.
    pub(crate) fn connector<C>(
        &self,
        inner: C,
    ) -> Result<HttpsConnector<C>, Box<dyn Error + Send + Sync>> {
        let builder = HttpsConnectorBuilder::new().with_tls_config(self.client()?);
        Ok(builder.https_or_http().enable_http1().wrap_connector(inner))
    }

    fn client(&self) -> Result<ClientConfig, Box<dyn Error + Send + Sync>> {
        let mut roots = RootCertStore::empty();
        match &self.authorities {
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
        Ok(match &self.identity {
            Some(identity) => settings.with_client_auth_cert(
                CertificateDer::pem_slice_iter(&identity.chain).collect::<Result<_, _>>()?,
                PrivateKeyDer::from_pem_slice(&identity.key)?,
            )?,
            None => settings.with_no_client_auth(),
        })
    }
}
