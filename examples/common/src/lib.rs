//! What the reference applications of [osapi-metrics](https://docs.rs/osapi-metrics) share.
//!
//! The feature `service` has the parts of a service that are not about its subject:
//!
//! * [`program`] runs the service, [`logs`] sets up its log, [`signals`] stop it within a
//!   [`grace`] period, and [`metrics`] exports its last metrics.
//! * [`http`] serves the API: JSON bodies within limits, errors in JSON, a graceful stop.
//!
//! The feature `postgres` has a server in a temporary folder, `postgres::PrivatePostgres`. Both
//! applications and tests use it. It needs Unix sockets, so there is no such module on other
//! systems.

#[cfg(feature = "service")]
pub mod grace;
#[cfg(feature = "service")]
pub mod http;
#[cfg(feature = "service")]
pub mod logs;
#[cfg(feature = "service")]
pub mod metrics;
#[cfg(all(feature = "postgres", unix))]
pub mod postgres;
#[cfg(feature = "service")]
pub mod program;
#[cfg(feature = "service")]
pub mod signals;
