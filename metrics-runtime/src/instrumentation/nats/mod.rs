//! The `osapi_nats_*` metrics of the clients of [`async_nats`].
//!
//! One line after the client is made is enough; [`NatsMetrics`] lists the metrics:
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
//! All values are read from the client when metrics are collected. Messages have no additional
//! cost.
//!
//! # Several clients
//!
//! [`observe_named`] gives the series of a client the label `client`, which the series of
//! [`observe()`] do not have. Clients that are observed under one name, or without a name, share
//! their series: counters are summed up, and `osapi_nats_connected` is 1 if all of these clients
//! are connected. A client and its clones count as one client.
//!
//! Events count while a client is observed, so observe a client as soon as it is made. When an
//! observation ends, its counts stay in the sum as long as another client of that name is observed:
//! a counter does not fall.
//!
//! # The connection stays open
//!
//! An observation holds a clone of its client, because only the client reports its state.
//! `async_nats` closes a connection when the last handle of its client is dropped, so the
//! connection of an observed client stays open until the observation is dropped as well, or until
//! [`Client::drain`](async_nats::Client::drain) closes it.
//!
//! # Names of your own
//!
//! A set of the service names the [`NatsRoles`] that it shows:
//!
//! ```no_run
//! use osapi_metrics::{
//!     LabelSet, MetricSet, ObservableCounter, ObservableGauge,
//!     instrumentation::nats::{self, NatsRoles},
//! };
//!
//! #[derive(Clone, PartialEq, LabelSet)]
//! struct Link {
//!     #[label(max = 5)]
//!     link: &'static str,
//! }
//!
//! /// The links of a shop to its messages.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "shop", roles(of = NatsRoles, labels = Link))]
//! struct ShopLinks {
//!     /// Whether the link is up.
//!     #[metric(on = connected)]
//!     link_up: ObservableGauge<Link>,
//!     /// Messages that were sent over the link.
//!     #[metric(unit = "{message}", on = sent_messages)]
//!     link_sent_messages_total: ObservableCounter<Link>,
//! }
//!
//! # async fn run() -> Result<(), async_nats::Error> {
//! let client = async_nats::connect("nats://127.0.0.1:4222").await?;
//! nats::observe_in::<ShopLinks>(&client, &Link { link: "orders" }).keep();
//! # Ok(())
//! # }
//! ```
//!
//! # Values that are missing
//!
//! The client does not report the number of messages that it has dropped for slow subscribers, nor
//! the number of its errors: both are events, which a service can count in the callback of
//! [`ConnectOptions::event_callback`](async_nats::ConnectOptions::event_callback).

mod clients;
mod metrics;
mod observe;
mod roles;

pub use {
    metrics::{ClientLabels, NatsMetrics},
    observe::{NatsObservation, observe, observe_in, observe_named},
    roles::NatsRoles,
};
