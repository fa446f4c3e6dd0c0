//! OTLP over gRPC. Without the feature `otlp-grpc` it is an error to ask for it.

#[cfg(not(feature = "otlp-grpc"))]
mod disabled;
#[cfg(feature = "otlp-grpc")]
mod enabled;

#[cfg(not(feature = "otlp-grpc"))]
pub(super) use disabled::exporter;
#[cfg(feature = "otlp-grpc")]
pub(super) use enabled::exporter;
