//! The authorities to trust and the client's own identity.
//!
//! With a `certificate` only the authorities in that file are trusted, without it the authorities
//! of Mozilla's list. The cryptography is ring's. Over gRPC, a provider that the process has
//! installed for rustls is used instead.

mod files;
#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(feature = "otlp-http")]
mod http;

#[cfg(feature = "otlp-grpc")]
pub(in crate::otlp::transport) use grpc::secure_grpc;
#[cfg(feature = "otlp-http")]
pub(in crate::otlp::transport) use http::{Connector, http_connector};
