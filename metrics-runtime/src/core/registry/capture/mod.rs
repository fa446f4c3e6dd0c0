//! The instances of sets that record for a test while it captures.
//!
//! A capture has its own instance of each set, made when the set is first used. Code that asks for
//! a set on a thread that captures gets that instance, so no other code has to know of captures.
//! The instances live as long as the process, because handles and references to them are `'static`.

#[cfg(not(feature = "testing"))]
mod disabled;
#[cfg(feature = "testing")]
mod enabled;
mod instances;

#[cfg(not(feature = "testing"))]
pub(super) use disabled::instances;
#[cfg(feature = "testing")]
pub(crate) use enabled::CapturedSets;
#[cfg(feature = "testing")]
pub(super) use enabled::instances;
pub(super) use instances::CapturedInstances;
