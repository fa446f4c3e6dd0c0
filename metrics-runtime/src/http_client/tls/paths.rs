use std::path::Path;

/// Whether `https` can be used.
pub(crate) const IS_TLS_COMPILED: bool = cfg!(feature = "_tls");

/// The PEM files of a client.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TlsPaths<'a> {
    /// The authorities to trust.
    pub(crate) certificate: Option<&'a Path>,
    /// The certificate chain of the client.
    pub(crate) client_certificate: Option<&'a Path>,
    /// The private key of the client.
    pub(crate) client_key: Option<&'a Path>,
}
