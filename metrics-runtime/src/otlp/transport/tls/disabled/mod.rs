//! Connections without TLS.

#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(feature = "otlp-http")]
mod http;
mod plain_text;

#[cfg(feature = "otlp-grpc")]
pub(in crate::otlp::transport) use grpc::secure_grpc;
#[cfg(feature = "otlp-http")]
pub(in crate::otlp::transport) use http::{Connector, http_connector};
