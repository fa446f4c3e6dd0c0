//! Moments on the clock that a test has set for its capture.
//!
//! Without the feature `testing` no thread captures, and these functions are gone after inlining.

#[cfg(not(feature = "testing"))]
mod disabled;
#[cfg(feature = "testing")]
mod enabled;

#[cfg(not(feature = "testing"))]
pub(super) use disabled::{nanoseconds, now, since};
#[cfg(feature = "testing")]
pub(super) use enabled::{nanoseconds, now, since};
