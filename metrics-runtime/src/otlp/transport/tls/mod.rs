//! TLS for both transports. Without the feature `otlp-tls` an `https` endpoint is an error.

#[cfg(not(feature = "otlp-tls"))]
mod disabled;
#[cfg(feature = "otlp-tls")]
mod enabled;

#[cfg(all(feature = "otlp-grpc", not(feature = "otlp-tls")))]
pub(super) use disabled::secure_grpc;
#[cfg(all(feature = "otlp-http", not(feature = "otlp-tls")))]
pub(super) use disabled::{Connector, http_connector};
#[cfg(all(feature = "otlp-grpc", feature = "otlp-tls"))]
pub(super) use enabled::secure_grpc;
#[cfg(all(feature = "otlp-http", feature = "otlp-tls"))]
pub(super) use enabled::{Connector, http_connector};
