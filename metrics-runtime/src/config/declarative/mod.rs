//! OpenTelemetry's declarative configuration: the file that `OTEL_CONFIG_FILE` names.
//!
//! ```text
//! file ──► marked YAML ──► substitution ──► resource, meter_provider ──► MetricsConfig
//!          plain values    ${VARIABLE}      sections of the document
//! ```
//!
//! The file takes the place of the variables that begin with `OTEL_`.

mod apply;
mod exporter;
mod file_format;
mod meter_provider;
mod prometheus;
mod resource;
mod substitution;

pub(super) use apply::{Switches, VARIABLE, apply};
