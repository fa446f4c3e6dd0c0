//! Push over OTLP: a thread that exports at an interval, and the limits that keep a bad endpoint
//! away from jobs.
//!
//! ```text
//! PeriodicThread ──► Exporter ──► batch ──► Delivery ──► Transport ──► endpoint
//!  (its own)           │           │          │ limit,     gRPC channel or HTTP client,
//!                      │           │          │ retries    on a thread of its own
//!                      ▼           ▼          ▼
//!                    health,     delta      delta
//!                    observer    what is    advances
//!                                new
//! ```
//!
//! * **No thread of the application is involved.** Collection and encoding run on the thread of
//!   the push, the connection on the transport's thread. It makes no difference whether the program
//!   uses tokio, or which flavour.
//! * **An export is bounded** by [`OtlpConfig::timeout`](crate::config::OtlpConfig::timeout),
//!   retries included.
//! * **Nothing is lost with an export that fails.** The next one carries everything that happened
//!   meanwhile: with cumulative temporality by itself, and with delta temporality because a
//!   difference is taken from the last value that the endpoint has accepted.
//! * **A request is bounded** by
//!   [`OtlpConfig::max_request_bytes`](crate::config::OtlpConfig::max_request_bytes): an export has
//!   as many requests as it needs.
//! * **An export can be of some metrics.** Metrics with intervals of their own are in groups, and
//!   an export is of the groups that are due. One thread, one cursor and one order of exports
//!   remain.

mod answer;
mod batch;
mod delivery;
mod delta;
mod endpoint;
mod error;
mod exporter;
mod groups;
mod headers;
mod health;
mod limit;
mod push;
mod request;
mod retry;
mod temporality;
#[cfg(test)]
mod tests;
mod transport;

pub(crate) use push::{OtlpPush, PreparedPush, prepare};
