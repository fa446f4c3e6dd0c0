//! The exemplars that scrapes leave out. Without the feature `exemplars` there are none.

#[cfg(not(feature = "exemplars"))]
mod disabled;
#[cfg(feature = "exemplars")]
mod enabled;

#[cfg(not(feature = "exemplars"))]
pub(crate) use disabled::left_out_exemplars;
#[cfg(feature = "exemplars")]
pub(crate) use enabled::left_out_exemplars;
