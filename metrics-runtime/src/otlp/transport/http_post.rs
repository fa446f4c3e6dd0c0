//! OTLP over HTTP, with protobuf or JSON bodies.

use std::sync::Arc;

use opentelemetry_otlp::{Compression, MetricExporter, Protocol, WithExportConfig, WithHttpConfig};

use super::{
    Setup,
    http_client::{Encoding, PostClient},
    tls,
};
use crate::{
    config::{OtlpCompression, OtlpError},
    otlp::temporality::temporality,
};

pub(super) fn protobuf(setup: Setup<'_>) -> Result<MetricExporter, OtlpError> {
    exporter(setup, Protocol::HttpBinary, Encoding::Protobuf)
}

pub(super) fn json(setup: Setup<'_>) -> Result<MetricExporter, OtlpError> {
    exporter(setup, Protocol::HttpJson, Encoding::Json)
}

fn exporter(
    setup: Setup<'_>,
    protocol: Protocol,
    encoding: Encoding,
) -> Result<MetricExporter, OtlpError> {
    let connector = tls::http_connector(setup.config, setup.endpoint)?;
    let client = PostClient::new(connector, setup.headers, encoding, Arc::clone(setup.answer));
    let mut builder = MetricExporter::builder()
        .with_http()
        .with_temporality(temporality(setup.config))
        .with_protocol(protocol)
        .with_endpoint(setup.endpoint.url())
        .with_timeout(setup.config.timeout)
        .with_http_client(client);
    if setup.config.compression == OtlpCompression::Gzip {
        builder = builder.with_compression(Compression::Gzip);
    }
    builder.build().map_err(|error| OtlpError::Transport {
        endpoint: setup.endpoint.to_string(),
        source: error.into(),
    })
}
