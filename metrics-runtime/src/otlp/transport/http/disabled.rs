use std::sync::Arc;

use opentelemetry_otlp::MetricExporter;

use crate::{
    config::OtlpError,
    otlp::{answer::LastAnswer, transport::setup::Setup},
};

pub(in crate::otlp::transport) fn protobuf(
    _: Setup<'_>,
    _: &Arc<LastAnswer>,
) -> Result<MetricExporter, OtlpError> {
    Err(not_compiled("http/protobuf"))
}

pub(in crate::otlp::transport) fn json(
    _: Setup<'_>,
    _: &Arc<LastAnswer>,
) -> Result<MetricExporter, OtlpError> {
    Err(not_compiled("http/json"))
}

fn not_compiled(protocol: &'static str) -> OtlpError {
    OtlpError::ProtocolNotCompiled { protocol, feature: "otlp-http" }
}
