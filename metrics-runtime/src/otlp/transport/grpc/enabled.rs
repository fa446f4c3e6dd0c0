use opentelemetry_otlp::{
    Compression, MetricExporter, WithExportConfig, WithTonicConfig,
    tonic_types::metadata::MetadataMap,
};
use tonic::{
    Request, Status,
    transport::{Channel, Endpoint},
};

use crate::{
    config::{OtlpCompression, OtlpError},
    otlp::{
        temporality::temporality,
        transport::{setup::Setup, tls},
    },
};

pub(in crate::otlp::transport) fn exporter(setup: Setup<'_>) -> Result<MetricExporter, OtlpError> {
    let mut builder = MetricExporter::builder()
        .with_tonic()
        .with_temporality(temporality(setup.config))
        .with_timeout(setup.config.timeout)
        .with_channel(channel(&setup)?)
        .with_interceptor(only_configured(MetadataMap::from_headers(setup.headers)));
    if setup.config.compression == OtlpCompression::Gzip {
        builder = builder.with_compression(Compression::Gzip);
    }
    builder.build().map_err(|error| OtlpError::Transport {
        endpoint: setup.endpoint.to_string(),
        source: error.into(),
    })
}

/// A channel that connects for the first export, and again after the connection is lost.
///
/// The channel of `opentelemetry-otlp` waits without limit for a connection, and keeps a connection
/// to a peer that has vanished until the operating system gives it up, a quarter of an hour later.
/// With this channel an attempt ends with the export's time, and the peer has to answer pings while
/// an export is under way.
fn channel(setup: &Setup<'_>) -> Result<Channel, OtlpError> {
    let timeout = setup.config.timeout;
    let endpoint = Endpoint::from_shared(setup.endpoint.url()).map_err(|error| {
        OtlpError::Transport { endpoint: setup.endpoint.to_string(), source: error.into() }
    })?;
    let endpoint = endpoint
        .timeout(timeout)
        .connect_timeout(timeout)
        .http2_keep_alive_interval(timeout / 4)
        .keep_alive_timeout(timeout / 4);
    Ok(tls::secure_grpc(endpoint, setup.config, setup.endpoint)?.connect_lazy())
}

/// Replaces the metadata that `opentelemetry-otlp` read from the environment with the configured
/// metadata. The user agent stays.
fn only_configured(
    metadata: MetadataMap,
) -> impl Fn(Request<()>) -> Result<Request<()>, Status> + Clone + Send + Sync {
    const USER_AGENT: &str = "user-agent";
    move |mut request| {
        let user_agent = request.metadata_mut().remove(USER_AGENT);
        *request.metadata_mut() = metadata.clone();
        if let (Some(user_agent), None) = (user_agent, metadata.get(USER_AGENT)) {
            request.metadata_mut().insert(USER_AGENT, user_agent);
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_configuration_is_the_only_source_of_metadata() {
        let mut ours = MetadataMap::new();
        ours.insert("x-tenant", "ours".parse().unwrap());
        let mut request = Request::new(());
        for (key, value) in [
            ("x-tenant", "environment"),
            ("x-other", "environment"),
            ("user-agent", "OTel-OTLP-Exporter-Rust"),
        ] {
            request.metadata_mut().insert(key, value.parse().unwrap());
        }
        let sent = only_configured(ours)(request).unwrap();
        let sent = sent.metadata();
        assert_eq!(sent.get_all("x-tenant").iter().count(), 1);
        assert_eq!(sent.get("x-tenant").unwrap(), "ours");
        assert!(sent.get("x-other").is_none());
        assert_eq!(sent.get("user-agent").unwrap(), "OTel-OTLP-Exporter-Rust");
    }
}
