//! The runtime: it prepares and starts the exporters of the linked metrics, and shuts them down.
//!
//! ```text
//! MetricsBuilder ──► checks ──► prepare ──► PreparedRuntime ──► start ──► Metrics
//!  install()         catalogue  everything                      provider,  │
//!                               that can fail                   threads    ├─ pipeline
//!                                                                          │   flush, shutdown
//!                                                                          └─ prometheus
//!                                                                              render, serve
//! ```
//!
//! Each optional exporter is a folder with the files `enabled.rs` and `disabled.rs`, of which the
//! feature of the exporter selects one. Both have the same functions, so that a caller does not
//! need to know which file is compiled.

mod active_runtimes;
mod builder;
mod checks;
mod completion;
mod console;
mod constant_labels;
mod error;
#[cfg(feature = "prometheus")]
mod explorer;
mod flush_permit;
mod histograms;
mod idle;
mod intervals;
mod last_export;
mod metrics;
mod otlp;
mod pipeline;
mod prepare;
mod process;
mod prometheus;
#[cfg(feature = "pushgateway")]
mod pushgateway;
mod readiness;
#[cfg(feature = "axum")]
mod router;
#[cfg(feature = "prometheus")]
mod serve;
#[cfg(feature = "prometheus")]
mod textfile;

pub use builder::MetricsBuilder;
pub use error::{FlushError, InstallError};
pub use metrics::Metrics;
