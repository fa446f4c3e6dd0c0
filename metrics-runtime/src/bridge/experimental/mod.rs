//! The uses of the SDK's experimental features: histograms that are bound to one series
//! (`experimental_metrics_bound_instruments`), and readers that are not in the SDK
//! (`experimental_metrics_custom_reader`).

mod pull;

pub(super) use pull::PullReader;
