//! Which test captures what this thread records.
//!
//! A scope holds what the capture needs, whose type this room does not know: `registry::capture`
//! interprets it. Without the feature `testing` nothing captures.

#[cfg(not(feature = "testing"))]
mod disabled;
#[cfg(feature = "testing")]
mod enabled;

#[cfg(not(feature = "testing"))]
pub(crate) use disabled::{is_active, suspended};
#[cfg(feature = "testing")]
pub(crate) use enabled::{Scope, any_active, is_active, listener, suspended};
