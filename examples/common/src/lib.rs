//! What the reference applications of [osapi-metrics](https://docs.rs/osapi-metrics) share.
//!
//! The feature `service` has the parts of a service that are not about its subject:
//!
//! * [`program`] runs the service, [`logs`] sets up its log, [`signals`] stop it within a
//!   [`grace`] period, and [`metrics`] exports its last metrics.
//! * [`http`] serves the API: JSON bodies within limits, errors in JSON, a graceful stop.

#[cfg(feature = "service")]
pub mod grace;
#[cfg(feature = "service")]
pub mod http;
#[cfg(feature = "service")]
pub mod logs;
#[cfg(feature = "service")]
pub mod metrics;
#[cfg(feature = "service")]
pub mod program;
#[cfg(feature = "service")]
pub mod signals;
