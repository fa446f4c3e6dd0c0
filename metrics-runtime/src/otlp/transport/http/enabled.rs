use std::sync::Arc;

use opentelemetry_otlp::{Compression, MetricExporter, Protocol, WithExportConfig, WithHttpConfig};

use super::client::{Encoding, PostClient};
use crate::{
    config::{OtlpCompression, OtlpError},
    otlp::{
        answer::LastAnswer,
        temporality::temporality,
        transport::{setup::Setup, tls},
    },
};

pub(in crate::otlp::transport) fn protobuf(
    setup: Setup<'_>,
    answer: &Arc<LastAnswer>,
) -> Result<MetricExporter, OtlpError> {
    exporter(setup, answer, Protocol::HttpBinary, Encoding::Protobuf)
}

pub(in crate::otlp::transport) fn json(
    setup: Setup<'_>,
    answer: &Arc<LastAnswer>,
) -> Result<MetricExporter, OtlpError> {
    exporter(setup, answer, Protocol::HttpJson, Encoding::Json)
}

fn exporter(
    setup: Setup<'_>,
    answer: &Arc<LastAnswer>,
    protocol: Protocol,
    encoding: Encoding,
) -> Result<MetricExporter, OtlpError> {
    let connector = tls::http_connector(setup.config, setup.endpoint)?;
    let client = PostClient::new(connector, setup.headers, encoding, Arc::clone(answer));
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
