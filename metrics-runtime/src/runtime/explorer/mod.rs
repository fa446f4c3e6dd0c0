//! The explorer of a runtime. Without the feature `explorer` it is an error to ask for it.

#[cfg(not(feature = "explorer"))]
mod disabled;
#[cfg(feature = "explorer")]
mod enabled;

#[cfg(not(feature = "explorer"))]
pub(super) use disabled::{PreparedExplorer, RunningExplorer, prepare};
#[cfg(feature = "explorer")]
pub(super) use enabled::{PreparedExplorer, RunningExplorer, prepare};
