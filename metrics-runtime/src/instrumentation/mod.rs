//! Ready instrumentations: metrics of the libraries that a service is built on.
//!
//! Each instrumentation is a feature and a folder. It comes with a metric set whose names follow
//! OpenTelemetry's semantic conventions where they have names. Each also records in a set of your
//! own, under names, units and labels of your own; see [`roles`](crate::roles).
//!
//! An instrumentation imports public items of this crate only, so another crate can have one in the
//! same form: a struct of roles, a set that records them, and code that measures:
//!
//! ```
//! use osapi_metrics::{
//!     MetricSet, ObservableGauge,
//!     roles::{Items, Level, Observations, RecordRoles},
//! };
//!
//! /// What is measured of a pool.
//! #[derive(Debug, Default)]
//! pub struct PoolRoles {
//!     /// Connections that no task uses.
//!     pub idle: Level<Items>,
//! }
//!
//! /// The metrics that the instrumentation comes with.
//! #[derive(MetricSet)]
//! #[metric_set(roles(of = PoolRoles))]
//! pub struct PoolMetrics {
//!     /// Connections that no task uses.
//!     #[metric(unit = "{connection}", on = idle)]
//!     pool_connections_idle: ObservableGauge,
//! }
//!
//! /// Observes a pool at each collection, until the result is dropped, in a set of any service.
//! pub fn observe_in<S: RecordRoles<PoolRoles>>(
//!     labels: &S::Labels,
//!     idle: impl Fn() -> f64 + Send + Sync + 'static,
//! ) -> Observations {
//!     S::global().roles(labels).idle.observe(move |observer| observer.observe(&(), idle()))
//! }
//! # let _observations = observe_in::<PoolMetrics>(&(), || 3.0);
//! ```
//!
//! [`SeriesCache`](crate::instruments::SeriesCache) keeps the series of labels that are not known
//! at compile time.

#[cfg(feature = "channel")]
pub mod channel;
#[cfg(feature = "circuit-breaker")]
pub mod circuit_breaker;
#[cfg(any(feature = "redis", feature = "sqlx"))]
pub mod database;
#[cfg(feature = "docker")]
pub mod docker;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(feature = "host")]
pub mod host;
#[cfg(feature = "http-server")]
pub mod http_server;
#[cfg(feature = "nats")]
pub mod nats;
#[cfg(feature = "process")]
pub mod process;
#[cfg(feature = "queue")]
pub mod queue;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "sqlx")]
pub mod sqlx;
#[cfg(feature = "tokio-runtime")]
pub mod tokio_runtime;
