#![doc = include_str!("../docs/endpoint.md")]
//!
//! # How it works
//!
//! The Prometheus endpoint: what a scraper, a load balancer or a person with curl reads over HTTP.
//!
//! [`Endpoint`] turns a request into a response and knows nothing of sockets. It is reached in two ways:
//! [`serve`] listens on an address of its own, and `router` (feature `axum`) merges it into an application. Requests
//! that come while a scrape is rendered share the next one. How many scrapes go on at a time has a limit, and so has
//! everything that a client can make wait.

mod answer;
mod bearer;
mod endpoint;
mod rendering;
#[cfg(feature = "axum")]
mod router;
mod scrapes;
mod server;
mod slots;
#[cfg(test)]
mod tests;
mod token_file;
mod write_timeout;

#[cfg(feature = "axum")]
pub(crate) use router::router;
pub use server::ServeError;
pub(crate) use {
    endpoint::{Endpoint, Source},
    server::{ServerHandle, serve},
};
