use bytes::Bytes;
use http::uri::PathAndQuery;
use tonic::{
    Request,
    client::Grpc,
    codec::CompressionEncoding,
    metadata::MetadataMap,
    transport::{Channel, Endpoint},
};
use tracing::{instrument::WithSubscriber, subscriber::NoSubscriber};

use super::{codec::BytesCodec, service::GrpcService, status::failure, tls};
use crate::{
    config::OtlpError,
    http_client::Connector,
    otlp::{
        answer::{Accepted, MAX_RESPONSE_BYTES, Retry, TryError},
        transport::setup::Setup,
    },
};

/// The method that takes metrics.
const EXPORT: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

/// A channel to one endpoint.
#[derive(Debug)]
pub(in crate::otlp) struct GrpcTransport {
    client: Grpc<GrpcService>,
    metadata: MetadataMap,
}

impl GrpcTransport {
    pub(in crate::otlp::transport) fn new(mut setup: Setup<'_>) -> Result<Self, OtlpError> {
        let service = GrpcService(channel(&mut setup)?);
        let mut client = Grpc::new(service).max_decoding_message_size(MAX_RESPONSE_BYTES);
        if setup.is_compressed() {
            client = client
                .send_compressed(CompressionEncoding::Gzip)
                .accept_compressed(CompressionEncoding::Gzip);
        }
        Ok(Self { client, metadata: MetadataMap::from_headers(setup.headers) })
    }

    pub(in crate::otlp::transport) async fn send(&self, body: Bytes) -> Result<Accepted, TryError> {
        let mut client = self.client.clone();
        client.ready().await.map_err(|error| TryError::of_connection(&error))?;
        let mut request = Request::new(body);
        *request.metadata_mut() = self.metadata.clone();
        let path = PathAndQuery::from_static(EXPORT);
        // tonic warns of each status whose message it cannot read. One line for all failures in a
        // row is enough.
        let response = client.unary(request, path, BytesCodec);
        let response = response.with_subscriber(NoSubscriber::default()).await;
        let response = response.map_err(|status| failure(&status))?.into_inner();
        Accepted::in_protobuf(&response).ok_or_else(|| {
            let cause =
                "success with a message that is no OTLP response; is this an OTLP endpoint?";
            TryError::new(cause, Retry::Never)
        })
    }
}

/// A channel that connects for the first export, and again after the connection is lost.
///
/// An attempt to connect ends with the export's time, and the peer has to answer pings while an
/// export is under way: without them, a connection to a peer that has vanished would last until the
/// operating system gives it up, a quarter of an hour later.
fn channel(setup: &mut Setup<'_>) -> Result<Channel, OtlpError> {
    let user_agent = setup.take_user_agent();
    let timeout = setup.config.timeout;
    let endpoint = Endpoint::from(setup.endpoint.uri().clone())
        .user_agent(user_agent)
        .map_err(|error| setup.rejected(error))?;
    let endpoint = endpoint
        .timeout(timeout)
        .connect_timeout(timeout)
        .http2_keep_alive_interval(timeout / 4)
        .keep_alive_timeout(timeout / 4);
    let tls_settings = setup.tls()?;
    let endpoint = tls::secure(endpoint, setup, &tls_settings)?;
    // A proxy that forwards requests knows HTTP/1 alone.
    let connector = Connector::new(setup.proxy.clone(), false, &tls_settings);
    let connector = connector.map_err(|error| setup.rejected(error))?;
    Ok(endpoint.connect_with_connector_lazy(connector))
}
