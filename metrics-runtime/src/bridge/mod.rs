//! The bridge to OpenTelemetry's SDK: instruments of other libraries come in, and the framework's
//! own instruments go out to readers and views that a user adds.
//!
//! ```text
//! instruments of other libraries ──► SdkMeterProvider ──► others ──► MetricSnapshot
//!                                          ▲   │
//! framework's own instruments ── attachment┘   └──► readers of the user
//! ```
//!
//! Without a reader or a matching view of the user, none of the framework's own instruments is in
//! the SDK.

mod attachment;
mod attributes;
mod build_info;
mod created;
mod experimental;
mod others;
mod provider;
mod resource;
#[cfg(all(test, feature = "prometheus"))]
mod sdk_snapshots;
#[cfg(test)]
mod tests;
mod thread_flag;
mod views;

pub(crate) use build_info::{BUILD_INFO, REVISION, SERVICE_VERSION};
pub(crate) use others::OtherMetrics;
pub(crate) use provider::{Bridge, BridgeSetup};
pub(crate) use thread_flag::{COLLECTING, ThreadFlagGuard};
pub(crate) use views::{AddReader, View};

#[cfg(all(test, feature = "prometheus"))]
pub(crate) use sdk_snapshots::SdkSnapshots;
