//! OTLP over HTTP, with protobuf or JSON bodies. Without the feature `otlp-http` it is an error to
//! ask for it.

#[cfg(not(feature = "otlp-http"))]
mod disabled;
#[cfg(feature = "otlp-http")]
mod enabled;
#[cfg(feature = "otlp-http")]
mod response;

#[cfg(not(feature = "otlp-http"))]
pub(super) use disabled::HttpTransport;
#[cfg(feature = "otlp-http")]
pub(super) use enabled::HttpTransport;
