//! The instances of sets that a test records in while it captures.
//!
//! A capture has an instance of its own of each set, made when the set is first used. Code that asks
//! for a set on a thread that captures gets that instance, so that nothing else need know of
//! captures. The instances live as long as the process, as all that refers to them does.

#[cfg(not(feature = "testing"))]
mod disabled;
#[cfg(feature = "testing")]
mod enabled;

#[cfg(not(feature = "testing"))]
pub(super) use disabled::instance;
#[cfg(feature = "testing")]
pub(crate) use enabled::CapturedSets;
#[cfg(feature = "testing")]
pub(super) use enabled::instance;
