use std::path::Path;

use rustls::{
    Error, InconsistentKeys, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};

use crate::{
    config::{OtlpConfig, OtlpError},
    regular_file,
};

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
        let authorities = config.certificate.as_deref().map(read_authorities).transpose()?;
        let identity = match (&config.client_certificate, &config.client_key) {
            (Some(chain), Some(key)) => Some(read_identity(chain, key)?),
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

/// Each transport judges the files in its own way, or not at all: here they are judged for both.
fn read_authorities(path: &Path) -> Result<Vec<u8>, OtlpError> {
    let setting = "certificate";
    let pem = read(setting, path)?;
    let mut roots = RootCertStore::empty();
    for certificate in certificates(setting, path, &pem)? {
        roots.add(certificate).map_err(|error| {
            unusable(setting, path, format!("holds a certificate that cannot be used: {error}"))
        })?;
    }
    Ok(pem)
}

fn read_identity(chain_path: &Path, key_path: &Path) -> Result<Identity, OtlpError> {
    let (certificate, key) = ("client_certificate", "client_key");
    let chain_pem = read(certificate, chain_path)?;
    let chain = certificates(certificate, chain_path, &chain_pem)?;
    let key_pem = read(key, key_path)?;
    let pair = CertifiedKey::from_der(
        chain,
        private_key(key, key_path, &key_pem)?,
        &ring::default_provider(),
    );
    match pair {
        Ok(_) => Ok(Identity { chain: chain_pem, key: key_pem }),
        Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            let reason = "holds another key than that of the certificate in `client_certificate`";
            Err(unusable(key, key_path, reason.to_owned()))
        }
        Err(error @ Error::InvalidCertificate(_)) => {
            let reason = format!("holds a certificate that cannot be used: {error}");
            Err(unusable(certificate, chain_path, reason))
        }
        Err(_) => {
            let reason =
                "holds a private key that cannot be used: RSA, ECDSA and Ed25519 are known";
            Err(unusable(key, key_path, reason.to_owned()))
        }
    }
}

/// The certificates of a file. The parser's error is left out: it may quote the file.
fn certificates(
    setting: &'static str,
    path: &Path,
    pem: &[u8],
) -> Result<Vec<CertificateDer<'static>>, OtlpError> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let reason = match certificates {
        Ok(certificates) if !certificates.is_empty() => return Ok(certificates),
        Ok(_) => "holds no certificate; a PEM file with `BEGIN CERTIFICATE` is expected",
        Err(_) => "is no PEM file: a part of it has no end, or is not in base64",
    };
    Err(unusable(setting, path, reason.to_owned()))
}

/// The private key of a file. The parser's error is left out: it may quote the file.
fn private_key(
    setting: &'static str,
    path: &Path,
    pem: &[u8],
) -> Result<PrivateKeyDer<'static>, OtlpError> {
    let has = |text: &str| pem.windows(text.len()).any(|part| part == text.as_bytes());
    // Both forms of encryption; the second has the usual first line.
    let reason = if has("BEGIN ENCRYPTED PRIVATE KEY") || has("Proc-Type: 4,ENCRYPTED") {
        "holds a private key that is encrypted; one without a passphrase is expected"
    } else {
        match PrivateKeyDer::from_pem_slice(pem) {
            Ok(key) => return Ok(key),
            Err(_) => "holds no private key; a PEM file with `BEGIN PRIVATE KEY` is expected",
        }
    };
    Err(unusable(setting, path, reason.to_owned()))
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
