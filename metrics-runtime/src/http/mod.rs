#![doc = include_str!("../docs/endpoint.md")]
//!
//! # How it works
//!
//! The Prometheus endpoint answers scrapers, load balancers, and a person with curl.
//!
//! `Endpoint` turns a request into a response and knows nothing of sockets. It is reached in two
//! ways: `serve` listens on an address of its own, and `router` (feature `axum`) merges the
//! endpoint into an application. Requests that arrive while a scrape is rendered share the next
//! rendering. The number of concurrent scrapes has a limit, and so has every time that a client can
//! make the endpoint wait.
//!
//! `server` accepts the connections, of the endpoint and of any other service, and closes those
//! whose clients send no request in time.

mod answer;
mod bearer;
mod endpoint;
mod explorer;
mod metrics_server;
mod name_parameters;
mod request;
#[cfg(feature = "axum")]
mod router;
mod scrape_limit;
mod scrapes;
mod server;
mod single_flight;
mod source;
#[cfg(test)]
mod tests;
mod token_file;
mod unless;

pub use {
    metrics_server::ServeError,
    server::{LimitError, ListenError, Listener, Server, ServerLimits},
};

pub(crate) use endpoint::{Endpoint, PreparedEndpoint};
pub(crate) use explorer::ExplorerSource;
pub(crate) use metrics_server::serve;
#[cfg(feature = "axum")]
pub(crate) use router::router;
pub(crate) use source::MetricsSource;
