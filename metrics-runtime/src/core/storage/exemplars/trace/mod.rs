//! The span that is current on a thread. Without the feature `exemplars` there is none.

#[cfg(not(feature = "exemplars"))]
mod disabled;
#[cfg(feature = "exemplars")]
mod enabled;

#[cfg(not(feature = "exemplars"))]
pub(super) use disabled::sampled_span;
#[cfg(feature = "exemplars")]
pub(super) use enabled::sampled_span;
