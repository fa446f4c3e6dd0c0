//! The gRPC transport of a build without it.

use opentelemetry_otlp::MetricExporter;

use super::Setup;
use crate::config::OtlpError;

pub(super) fn exporter(_: Setup<'_>) -> Result<MetricExporter, OtlpError> {
    Err(OtlpError::ProtocolNotCompiled { protocol: "grpc", feature: "otlp-grpc" })
}
