//! The transports of `opentelemetry-otlp`, set up from the configuration.

use std::sync::Arc;

use http::HeaderMap;
use opentelemetry_otlp::MetricExporter;

use super::{answer::LastAnswer, endpoint::Endpoint};
use crate::config::{OtlpConfig, OtlpError, OtlpProtocol};

mod thread;

#[cfg(feature = "otlp-grpc")]
mod grpc;
#[cfg(not(feature = "otlp-grpc"))]
#[path = "without_grpc.rs"]
mod grpc;

#[cfg(feature = "otlp-http")]
mod http_client;
#[cfg(feature = "otlp-http")]
mod http_post;
#[cfg(not(feature = "otlp-http"))]
#[path = "without_http.rs"]
mod http_post;

#[cfg(feature = "otlp-tls")]
mod tls;
#[cfg(not(feature = "otlp-tls"))]
#[path = "without_tls.rs"]
mod tls;

pub(super) use thread::TransportThread;

/// What a transport is built from.
struct Setup<'a> {
    config: &'a OtlpConfig,
    endpoint: &'a Endpoint,
    headers: HeaderMap,
    #[cfg_attr(not(feature = "otlp-http"), allow(dead_code))]
    answer: &'a Arc<LastAnswer>,
}

/// Builds the exporter of the configured protocol, its connection on `thread`.
pub(super) fn exporter(
    config: &OtlpConfig,
    endpoint: &Endpoint,
    headers: HeaderMap,
    answer: &Arc<LastAnswer>,
    thread: &TransportThread,
) -> Result<MetricExporter, OtlpError> {
    let setup = Setup { config, endpoint, headers, answer };
    let _runtime = thread.enter();
    match config.protocol {
        OtlpProtocol::Grpc => grpc::exporter(setup),
        OtlpProtocol::HttpProtobuf => http_post::protobuf(setup),
        OtlpProtocol::HttpJson => http_post::json(setup),
    }
}
