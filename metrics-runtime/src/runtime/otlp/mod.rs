//! The push of a runtime over OTLP. Without a feature for OTLP it is an error to ask for it.

#[cfg(not(feature = "_otlp"))]
mod disabled;
#[cfg(feature = "_otlp")]
mod enabled;

#[cfg(not(feature = "_otlp"))]
pub(super) use disabled::{PreparedPush, Push, prepare};
#[cfg(feature = "_otlp")]
pub(super) use enabled::{PreparedPush, Push, prepare};
