//! What the reference applications of [osapi-metrics](https://docs.rs/osapi-metrics) share.
//!
//! The feature `service` has the parts of a service that are not about its subject:
//!
//! * [`program`] runs the service, [`logs`] sets up its log, [`signals`] stop it within a
//!   [`grace`] period, and [`metrics`] exports its last metrics.
//! * [`ranges`] has the parsers of numbers and times, [`json`] reads JSON that has one meaning,
//!   [`parameters`] names those of a URL without its password, and [`url_argument`] keeps such a
//!   URL out of errors.
//! * [`http`] is the API of a service: JSON bodies within limits, errors in JSON, and the
//!   command-line arguments of the library's HTTP server.
//!
//! The features `postgres` and `redis` have a server in a temporary folder each,
//! `postgres::PrivatePostgres` and `redis::PrivateRedis`. Both applications and tests use them.
//! They need Unix sockets, so there are no such modules on other systems. Their folders are those
//! of the feature `folder`, `folder::TemporaryFolder`.

#[cfg(feature = "service")]
mod patient_writer;
#[cfg(all(any(feature = "postgres", feature = "redis"), unix))]
mod percent_encoding;
#[cfg(all(any(feature = "postgres", feature = "redis"), unix))]
mod server_process;

#[cfg(feature = "folder")]
pub mod folder;
#[cfg(feature = "service")]
pub mod grace;
#[cfg(feature = "service")]
pub mod http;
#[cfg(feature = "service")]
pub mod json;
#[cfg(feature = "service")]
pub mod logs;
#[cfg(feature = "service")]
pub mod metrics;
#[cfg(feature = "service")]
pub mod parameters;
#[cfg(all(feature = "postgres", unix))]
pub mod postgres;
#[cfg(feature = "service")]
pub mod program;
#[cfg(feature = "service")]
pub mod ranges;
#[cfg(all(feature = "redis", unix))]
pub mod redis;
#[cfg(feature = "service")]
pub mod signals;
#[cfg(feature = "service")]
pub mod time;
#[cfg(feature = "service")]
pub mod url_argument;
