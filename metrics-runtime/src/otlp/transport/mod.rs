//! The transports of `opentelemetry-otlp`, set up from the configuration.

mod exporter;
mod grpc;
mod http;
mod setup;
mod thread;
mod tls;

pub(super) use exporter::exporter;
pub(super) use thread::TransportThread;
