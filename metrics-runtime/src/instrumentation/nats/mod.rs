//! The `osapi_nats_*` metrics of any client of [`async_nats`].
//!
//! One line after the client is made; see [`NatsMetrics`] for what it records:
//!
//! ```no_run
//! use osapi_metrics::instrumentation::nats;
//!
//! # async fn run() -> Result<(), async_nats::Error> {
//! let client = async_nats::connect("nats://127.0.0.1:4222").await?;
//! nats::observe(&client).keep();
//! # Ok(())
//! # }
//! ```
//!
//! Everything is read from the client when metrics are collected. Its messages cost nothing more.
//!
//! # Several clients
//!
//! [`observe_named`] gives the series of a client the label `client`, which those of [`observe`] do not have. Clients
//! that are observed under one name, or without one, share their series: counters are summed up, and
//! `osapi_nats_connected` is 1 if all of them are connected. Clones of a client are the same client and count once.
//!
//! Counted is what happens while a client is observed, so observe it as soon as it is made. What was counted stays in
//! the sum when the observation ends, as long as another client of that name is observed: a counter does not fall.
//!
//! # The connection stays open
//!
//! An observation holds a clone of its client, because the client alone tells its state. `async_nats` closes a
//! connection when the last handle of its client is dropped, so an observed one stays open until the observation is
//! dropped as well, or until [`Client::drain`](async_nats::Client::drain) closes it.
//!
//! # What is missing here
//!
//! The client does not tell how many messages it has dropped for slow subscribers, nor how many errors it had: both
//! are events, which a service counts in the callback of
//! [`ConnectOptions::event_callback`](async_nats::ConnectOptions::event_callback).

mod clients;
mod metrics;
mod observe;

pub use {
    metrics::NatsMetrics,
    observe::{NatsObservation, observe, observe_named},
};
