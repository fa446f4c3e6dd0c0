//! OTLP over HTTP, with protobuf or JSON bodies. Without the feature `otlp-http` it is an error to
//! ask for it.

#[cfg(feature = "otlp-http")]
mod client;
#[cfg(not(feature = "otlp-http"))]
mod disabled;
#[cfg(feature = "otlp-http")]
mod enabled;

#[cfg(not(feature = "otlp-http"))]
pub(super) use disabled::{json, protobuf};
#[cfg(feature = "otlp-http")]
pub(super) use enabled::{json, protobuf};
