//! Ready instrumentations: metrics of the libraries that a service is built on.

#[cfg(feature = "http-server")]
pub mod http_server;
#[cfg(feature = "nats")]
pub mod nats;
