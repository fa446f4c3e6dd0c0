//! A server for HTTP/1.1 that clients cannot exhaust, for the metrics and for any service.

mod accept;
mod condition;
mod connection;
mod draining;
mod host;
mod limits;
mod lingering_close;
mod listener;
mod phase;
mod read_timeout;
#[cfg(test)]
mod tests;
mod write_timeout;

pub(super) use draining::Draining;

pub use {
    limits::{LimitError, ServerLimits},
    listener::{ListenError, Listener, Server},
};
