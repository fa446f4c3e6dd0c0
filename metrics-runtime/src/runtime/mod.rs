//! The runtime: it prepares and starts the exporters of the linked metrics, and shuts them down.

mod active_runtimes;
mod builder;
mod checks;
mod console;
mod error;
mod flush_permit;
mod metrics;
mod otlp;
mod pipeline;
mod prepare;
mod prometheus;
mod readiness;
#[cfg(feature = "axum")]
mod router;
#[cfg(feature = "prometheus")]
mod serve;

pub use builder::MetricsBuilder;
pub use error::{FlushError, InstallError};
pub use metrics::Metrics;
