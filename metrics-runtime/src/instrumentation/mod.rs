//! Ready instrumentations: metrics of the libraries that a service is built on.
//!
//! ```
//! use osapi_metrics::{MetricSet, ObservableGauge, instruments::Observation};
//!
//! /// A pool of connections.
//! #[derive(MetricSet)]
//! struct PoolMetrics {
//!     /// Connections that no task uses.
//!     #[metric(unit = "{connection}")]
//!     pool_connections_idle: ObservableGauge,
//! }
//!
//! /// Observes a pool at each collection, until the result is dropped.
//! fn observe(idle: impl Fn() -> f64 + Send + Sync + 'static) -> Observation {
//!     PoolMetrics::global().pool_connections_idle.observe(idle)
//! }
//! # let _observation = observe(|| 3.0);
//! ```
//!
//! Each instrumentation is a feature and a folder. It imports public items of this crate only, so
//! another crate can have an instrumentation of its own in the same form: a metric set, and code
//! that records in it. [`SeriesCache`](crate::instruments::SeriesCache) keeps the series of labels
//! that are not known at compile time.

#[cfg(feature = "channel")]
pub mod channel;
#[cfg(feature = "circuit-breaker")]
pub mod circuit_breaker;
#[cfg(feature = "http-server")]
pub mod http_server;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "process")]
pub mod process;
#[cfg(feature = "queue")]
pub mod queue;
#[cfg(feature = "sqlx")]
pub mod sqlx;
#[cfg(feature = "tokio-runtime")]
pub mod tokio_runtime;
