use std::sync::Arc;

use http::HeaderMap;
use opentelemetry_otlp::MetricExporter;

use super::{grpc, http as http_transport, setup::Setup, thread::TransportThread};
use crate::{
    config::{OtlpConfig, OtlpError, OtlpProtocol},
    otlp::{answer::LastAnswer, endpoint::Endpoint},
};

/// Builds the exporter of the configured protocol. Its connection is on `thread`.
pub(in crate::otlp) fn exporter(
    config: &OtlpConfig,
    endpoint: &Endpoint,
    headers: HeaderMap,
    answer: &Arc<LastAnswer>,
    thread: &TransportThread,
) -> Result<MetricExporter, OtlpError> {
    let setup = Setup { config, endpoint, headers };
    let _runtime = thread.enter();
    match config.protocol {
        OtlpProtocol::Grpc => grpc::exporter(setup),
        OtlpProtocol::HttpProtobuf => http_transport::protobuf(setup, answer),
        OtlpProtocol::HttpJson => http_transport::json(setup, answer),
    }
}
