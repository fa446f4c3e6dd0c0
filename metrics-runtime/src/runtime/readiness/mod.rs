//! The conditions of `/health/ready`. Without the feature `prometheus` they are not evaluated.

#[cfg(not(feature = "prometheus"))]
mod disabled;
#[cfg(feature = "prometheus")]
mod enabled;

#[cfg(not(feature = "prometheus"))]
pub(super) use disabled::Readiness;
#[cfg(feature = "prometheus")]
pub(super) use enabled::Readiness;
