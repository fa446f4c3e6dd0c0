use std::path::Path;

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use crate::config::{OtlpConfig, OtlpError, regular_file};

/// The PEM files that the configuration names, read and checked.
pub(super) struct TlsFiles {
    pub(super) authorities: Option<Vec<u8>>,
    pub(super) identity: Option<Identity>,
}

/// The client's certificate chain and the key that belongs to it.
pub(super) struct Identity {
    pub(super) chain: Vec<u8>,
    pub(super) key: Vec<u8>,
}

impl TlsFiles {
    pub(super) fn read(config: &OtlpConfig) -> Result<Self, OtlpError> {
        let authorities = config
            .certificate
            .as_deref()
            .map(|path| read_certificates("certificate", path))
            .transpose()?;
        let identity = match (&config.client_certificate, &config.client_key) {
            (Some(chain), Some(key)) => Some(Identity {
                chain: read_certificates("client_certificate", chain)?,
                key: read_key("client_key", key)?,
            }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(OtlpError::IncompleteIdentity {
                    given: "client_certificate",
                    missing: "client_key",
                });
            }
            (None, Some(_)) => {
                return Err(OtlpError::IncompleteIdentity {
                    given: "client_key",
                    missing: "client_certificate",
                });
            }
        };
        Ok(Self { authorities, identity })
    }
}

fn read_certificates(setting: &'static str, path: &Path) -> Result<Vec<u8>, OtlpError> {
    let pem = read(setting, path)?;
    let mut count = 0;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        certificate.map_err(|error| unusable(setting, path, error.to_string()))?;
        count += 1;
    }
    if count == 0 {
        let reason = "holds no certificate; a PEM file with `BEGIN CERTIFICATE` is expected";
        return Err(unusable(setting, path, reason.to_owned()));
    }
    Ok(pem)
}

fn read_key(setting: &'static str, path: &Path) -> Result<Vec<u8>, OtlpError> {
    let pem = read(setting, path)?;
    // The parser's error is left out: it may quote the file.
    PrivateKeyDer::from_pem_slice(&pem).map_err(|_| {
        let reason = "holds no private key; a PEM file with `BEGIN PRIVATE KEY` is expected";
        unusable(setting, path, reason.to_owned())
    })?;
    Ok(pem)
}

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, OtlpError> {
    regular_file::read(path, regular_file::MAX_BYTES).map_err(|source| OtlpError::UnreadableFile {
        setting,
        path: path.to_owned(),
        source,
    })
}

fn unusable(setting: &'static str, path: &Path, reason: String) -> OtlpError {
    OtlpError::UnusableFile { setting, path: path.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// The error message for the files of `config`.
    fn rejection(config: &OtlpConfig) -> String {
        match TlsFiles::read(config) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("the files were accepted: {config:?}"),
        }
    }

    /// A file that exists and is not a certificate.
    fn no_certificate() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")
    }

    #[test]
    fn a_missing_file_is_named_with_its_setting() {
        let config =
            OtlpConfig { certificate: Some(PathBuf::from("no/such.pem")), ..OtlpConfig::default() };
        let message = rejection(&config);
        assert!(message.starts_with("certificate `no/such.pem` cannot be read"), "{message}");
    }

    #[test]
    fn a_file_without_a_certificate_is_rejected() {
        let config = OtlpConfig { certificate: Some(no_certificate()), ..OtlpConfig::default() };
        assert!(rejection(&config).contains("holds no certificate"));
    }

    #[test]
    fn half_an_identity_is_rejected() {
        let key_only = OtlpConfig { client_key: Some(no_certificate()), ..OtlpConfig::default() };
        assert!(rejection(&key_only).contains("`client_key` is set without `client_certificate`"));
        let certificate_only =
            OtlpConfig { client_certificate: Some(no_certificate()), ..OtlpConfig::default() };
        assert!(
            rejection(&certificate_only)
                .contains("`client_certificate` is set without `client_key`")
        );
    }
}
