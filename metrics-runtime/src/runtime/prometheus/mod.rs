//! The Prometheus endpoint of a runtime. Without the feature `prometheus` a runtime has no
//! endpoint.

#[cfg(not(feature = "prometheus"))]
mod disabled;
#[cfg(feature = "prometheus")]
mod enabled;

#[cfg(not(feature = "prometheus"))]
pub(super) use disabled::{PreparedPrometheus, Prometheus, prepare};
#[cfg(feature = "prometheus")]
pub(super) use enabled::{PreparedPrometheus, Prometheus, prepare};
