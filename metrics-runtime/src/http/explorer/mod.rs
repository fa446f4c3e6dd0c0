//! The explorer below the path of the metrics. Without the feature `explorer` it has no paths.

#[cfg(not(feature = "explorer"))]
mod disabled;
#[cfg(feature = "explorer")]
mod enabled;
#[cfg(feature = "explorer")]
mod password;

#[cfg(not(feature = "explorer"))]
pub(super) use disabled::ExplorerPaths;
#[cfg(not(feature = "explorer"))]
pub(crate) use disabled::ExplorerSource;
#[cfg(feature = "explorer")]
pub(super) use enabled::ExplorerPaths;
#[cfg(feature = "explorer")]
pub(crate) use enabled::ExplorerSource;
