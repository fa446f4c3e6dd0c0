//! Ready instrumentations: metrics of the libraries that a service is built on.
//!
//! Each instrumentation is a feature and a folder. It imports public items of this crate only, so
//! another crate can have an instrumentation of its own in the same form: a metric set, and code
//! that records in it. [`SeriesCache`](crate::instruments::SeriesCache) keeps the series of labels
//! that are not known at compile time.

#[cfg(feature = "http-server")]
pub mod http_server;
#[cfg(feature = "nats")]
pub mod nats;
