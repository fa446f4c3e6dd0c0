use std::{fmt, path::Path};

use rustls::{
    Error, InconsistentKeys, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::CertifiedKey,
};

use crate::{config::TlsFileError, regular_file};

/// The client's certificate chain and the key that belongs to it.
pub(crate) struct Identity {
    pub(crate) chain: Vec<u8>,
    pub(crate) key: Vec<u8>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// Each client judges the files in its own way, or not at all: here they are judged for all.
pub(super) fn read_authorities(path: &Path) -> Result<Vec<u8>, TlsFileError> {
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

pub(super) fn read_identity(chain_path: &Path, key_path: &Path) -> Result<Identity, TlsFileError> {
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
) -> Result<Vec<CertificateDer<'static>>, TlsFileError> {
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
) -> Result<PrivateKeyDer<'static>, TlsFileError> {
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

fn read(setting: &'static str, path: &Path) -> Result<Vec<u8>, TlsFileError> {
    regular_file::read(path, regular_file::MAX_BYTES).map_err(|source| TlsFileError::Unreadable {
        setting,
        path: path.to_owned(),
        source,
    })
}

fn unusable(setting: &'static str, path: &Path, reason: String) -> TlsFileError {
    TlsFileError::Unusable { setting, path: path.to_owned(), reason }
}

#[cfg(test)]
mod tests {
    use crate::http_client::tls::{TlsPaths, TlsSettings};

    use super::*;

    /// The error message for these files.
    fn rejection(paths: TlsPaths<'_>) -> String {
        TlsSettings::read(paths).unwrap_err().to_string()
    }

    /// A file that exists and is not a certificate.
    const NO_CERTIFICATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");

    #[test]
    fn a_missing_file_is_named_with_its_setting() {
        let certificate = Some(Path::new("no/such.pem"));
        let message = rejection(TlsPaths { certificate, ..TlsPaths::default() });
        assert!(message.starts_with("certificate `no/such.pem` cannot be read"), "{message}");
    }

    #[test]
    fn a_file_without_a_certificate_is_rejected() {
        let certificate = Some(Path::new(NO_CERTIFICATE));
        let message = rejection(TlsPaths { certificate, ..TlsPaths::default() });
        assert!(message.contains("holds no certificate"), "{message}");
    }

    #[test]
    fn half_an_identity_is_rejected() {
        let file = Some(Path::new(NO_CERTIFICATE));
        let message = rejection(TlsPaths { client_key: file, ..TlsPaths::default() });
        assert!(message.contains("`client_key` is set without `client_certificate`"), "{message}");
        let message = rejection(TlsPaths { client_certificate: file, ..TlsPaths::default() });
        assert!(message.contains("`client_certificate` is set without `client_key`"), "{message}");
    }
}
