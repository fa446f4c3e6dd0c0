//! Everything that upstream calls experimental, in one place: histograms bound to one series
//! (`experimental_metrics_bound_instruments`), and readers of our own
//! (`experimental_metrics_custom_reader`).

#[cfg(feature = "prometheus")]
mod pull;
mod shared;

#[cfg(feature = "prometheus")]
pub(crate) use pull::PullReader;

pub(super) use shared::SharedReader;
