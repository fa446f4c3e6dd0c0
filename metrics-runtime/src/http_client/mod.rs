//! Connections to servers that a person names: addresses, proxies, TLS, and texts without secrets.
//!
//! ```text
//! client ──► TLS to the server ──► Connector ──┬─► the server
//!            (HTTP client, or                  ├─► a proxy that forwards requests
//!             gRPC channel)                    └─► a proxy that tunnels, by CONNECT
//! ```
//!
//! A proxy is one that the environment names for the address; it may itself be reached over TLS.

mod address;
mod causes;
mod client;
mod connector;
mod proxy;
mod proxy_error;
mod secrets;
mod thread;
mod tls;
mod tunnel;

pub(crate) use address::Address;
pub(crate) use causes::with_causes;
pub(crate) use client::Client;
pub(crate) use connector::Connector;
pub(crate) use proxy::Proxy;
pub(crate) use proxy_error::ProxyError;
pub(crate) use secrets::Secrets;
pub(crate) use thread::ClientThread;
pub(crate) use tls::{IS_TLS_COMPILED, TlsConnector, TlsPaths, TlsSettings};
