use opentelemetry_otlp::MetricExporter;

use crate::{config::OtlpError, otlp::transport::setup::Setup};

pub(in crate::otlp::transport) fn exporter(_: Setup<'_>) -> Result<MetricExporter, OtlpError> {
    Err(OtlpError::ProtocolNotCompiled { protocol: "grpc", feature: "otlp-grpc" })
}
