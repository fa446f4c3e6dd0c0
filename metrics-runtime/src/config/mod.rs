//! The configuration of the runtime: a file in YAML, TOML or JSON, which the environment overrides.
//!
//! ```
//! use osapi_metrics::config::MetricsConfig;
//!
//! let config = MetricsConfig::from_yaml(
//!     "telemetry:
//!        service_name: painter
//!        metrics: { enabled: true, listen: '0.0.0.0:9464' }",
//! )?;
//! assert_eq!(config.listen.port(), 9464);
//! # Ok::<(), osapi_metrics::config::ConfigError>(())
//! ```
//!
//! [`MetricsConfig`] reads a document, and [`with_environment`](MetricsConfig::with_environment)
//! applies the variables. Nothing is guessed: a key that is unknown or a value that is not allowed
//! is a [`ConfigError`], which lists every mistake with its key or variable, its value, its source
//! and the allowed values. A mistake in a setting for something that is off does not stop the
//! process: `install()` logs it as a warning.
//!
#![doc = include_str!("reference.md")]

mod address;
mod aliases;
mod checked;
mod constant_label;
mod declarative;
mod document;
mod duration;
mod endpoint_error;
mod environment;
mod error;
mod exemplar_filter;
mod explorer;
mod file;
mod header;
mod interval;
mod list;
mod merge;
mod metrics;
mod native;
mod note;
mod numbers;
mod otlp;
mod otlp_error;
mod part;
mod pattern;
#[cfg_attr(not(feature = "_client"), allow(dead_code, reason = "only clients use proxies"))]
mod proxies;
mod referenced_file;
mod resource_value;
mod scope_labels;
mod secret;
mod section;
mod setting_errors;
#[cfg(test)]
mod tests;
mod text;
mod tls_error;
mod tree;
mod variables;
mod yaml;

pub use endpoint_error::{BearerTokenError, EndpointError};
pub use environment::Environment;
pub use error::{ConfigError, ConfigSource};
pub use exemplar_filter::ExemplarFilter;
pub use explorer::ExplorerHistory;
pub use interval::OtlpInterval;
pub use metrics::MetricsConfig;
pub use otlp::{
    OtlpCompression, OtlpConfig, OtlpEndpoint, OtlpHistogramAggregation, OtlpProtocol,
    OtlpTemporality,
};
pub use otlp_error::OtlpError;
pub use resource_value::ResourceValue;
pub use scope_labels::ScopeLabels;
pub use secret::Secret;
pub use tls_error::TlsFileError;

#[cfg(feature = "_client")]
pub(crate) use proxies::{ProxyVariable, ProxyVariables};

#[cfg(feature = "prometheus")]
pub(crate) use {
    address::{TAKEN_PATHS, is_plain_path},
    endpoint_error::MAX_TOKEN_LENGTH,
    list::percent_decoded,
};
