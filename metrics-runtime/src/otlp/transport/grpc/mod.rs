//! OTLP over gRPC. Without the feature `otlp-grpc` it is an error to ask for it.

#[cfg(feature = "otlp-grpc")]
mod codec;
#[cfg(not(feature = "otlp-grpc"))]
mod disabled;
#[cfg(feature = "otlp-grpc")]
mod enabled;
#[cfg(feature = "otlp-grpc")]
mod service;
#[cfg(feature = "otlp-grpc")]
mod status;
#[cfg(feature = "otlp-grpc")]
mod tls;

#[cfg(not(feature = "otlp-grpc"))]
pub(super) use disabled::GrpcTransport;
#[cfg(feature = "otlp-grpc")]
pub(super) use enabled::GrpcTransport;
