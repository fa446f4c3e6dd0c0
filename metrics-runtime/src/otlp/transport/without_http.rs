//! The HTTP transports of a build without them.

use opentelemetry_otlp::MetricExporter;

use super::Setup;
use crate::config::OtlpError;

pub(super) fn protobuf(_: Setup<'_>) -> Result<MetricExporter, OtlpError> {
    Err(not_compiled("http/protobuf"))
}

pub(super) fn json(_: Setup<'_>) -> Result<MetricExporter, OtlpError> {
    Err(not_compiled("http/json"))
}

fn not_compiled(protocol: &'static str) -> OtlpError {
    OtlpError::ProtocolNotCompiled { protocol, feature: "otlp-http" }
}
