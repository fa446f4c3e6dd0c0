//! The uses of the SDK's experimental features: histograms that are bound to one series
//! (`experimental_metrics_bound_instruments`), and readers that are not in the SDK
//! (`experimental_metrics_custom_reader`).

#[cfg(feature = "prometheus")]
mod pull;
mod shared;

#[cfg(feature = "prometheus")]
pub(crate) use pull::PullReader;
pub(super) use shared::SharedReader;
