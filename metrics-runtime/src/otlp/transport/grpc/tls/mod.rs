//! TLS of a channel. Without the feature `otlp-tls` an `https` endpoint is an error.

#[cfg(not(feature = "otlp-tls"))]
mod disabled;
#[cfg(feature = "otlp-tls")]
mod enabled;

#[cfg(not(feature = "otlp-tls"))]
pub(super) use disabled::secure;
#[cfg(feature = "otlp-tls")]
pub(super) use enabled::secure;
