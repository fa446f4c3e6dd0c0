//! The captures that tests have entered on this thread.
//!
//! A scope holds a listener whose type this room does not know: `registry::capture` interprets it.
//! Without the feature `testing` no thread captures.

#[cfg(not(feature = "testing"))]
mod disabled;
#[cfg(feature = "testing")]
mod enabled;

#[cfg(not(feature = "testing"))]
pub(crate) use disabled::{instant, is_active, suspended};
#[cfg(feature = "testing")]
pub(crate) use enabled::{
    CaptureClock, Listener, Scope, any_active, instant, is_active, listener, suspended,
};
