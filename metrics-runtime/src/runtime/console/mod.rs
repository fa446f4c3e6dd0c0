//! The collections of a runtime on standard output, for `OTEL_METRICS_EXPORTER=console`. Without
//! the feature `console` it is an error to ask for them.

#[cfg(not(feature = "console"))]
mod disabled;
#[cfg(feature = "console")]
mod enabled;

#[cfg(not(feature = "console"))]
pub(super) use disabled::{Console, PreparedConsole, prepare};
#[cfg(feature = "console")]
pub(super) use enabled::{Console, PreparedConsole, prepare};
