//! TLS of clients. Without a feature for it, `https` is an error.
//!
//! With a `certificate` only the authorities in that file are trusted, without it the authorities
//! of Mozilla's list. The cryptography is ring's. Over gRPC, a provider that the process has
//! installed for rustls is used instead.

#[cfg(not(feature = "_tls"))]
mod disabled;
#[cfg(feature = "_tls")]
mod enabled;
#[cfg_attr(not(feature = "_tls"), allow(dead_code, reason = "no file is read without TLS"))]
mod paths;

#[cfg(not(feature = "_tls"))]
pub(crate) use disabled::{TlsConnector, TlsSettings};
#[cfg(feature = "_tls")]
pub(crate) use enabled::{TlsConnector, TlsSettings};
pub(crate) use paths::{IS_TLS_COMPILED, TlsPaths};
