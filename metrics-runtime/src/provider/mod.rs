//! The OpenTelemetry provider: it aggregates for exporters, with a reader for each of them.

mod attachment;
mod attributes;
mod build_info;
mod experimental;
mod meter_provider;
mod readers;
mod resource;
#[cfg(all(test, feature = "prometheus"))]
mod tests;
mod thread_flag;
mod views;

pub(crate) use build_info::{REVISION, SERVICE_VERSION};
#[cfg(feature = "prometheus")]
pub(crate) use experimental::PullReader;
pub(crate) use meter_provider::{Provider, ProviderSetup};
pub(crate) use readers::{BoxedReader, Readers};
pub(crate) use views::View;
