use bytes::Bytes;

use super::{grpc::GrpcTransport, http::HttpTransport, setup::Setup};
use crate::{
    config::{OtlpError, OtlpProtocol},
    http_client::ClientThread,
    otlp::{
        answer::{Accepted, TryError},
        request::Encoding,
    },
};

/// The transport of the configured protocol.
#[derive(Debug)]
pub(in crate::otlp) enum Transport {
    Grpc(Box<GrpcTransport>),
    Http(Box<HttpTransport>),
}

impl Transport {
    /// Builds the transport, whose connection is on `thread`.
    pub(in crate::otlp) fn new(setup: Setup<'_>, thread: &ClientThread) -> Result<Self, OtlpError> {
        let _runtime = thread.enter();
        let http = |setup, encoding| HttpTransport::new(setup, encoding).map(Box::new);
        Ok(match setup.config.protocol {
            OtlpProtocol::Grpc => Self::Grpc(Box::new(GrpcTransport::new(setup)?)),
            OtlpProtocol::HttpProtobuf => Self::Http(http(setup, Encoding::Protobuf)?),
            OtlpProtocol::HttpJson => Self::Http(http(setup, Encoding::Json)?),
        })
    }

    /// The body as it is sent, again and again.
    pub(in crate::otlp) fn compressed(&self, body: Bytes) -> Bytes {
        match self {
            // The message is compressed inside of its frame.
            Self::Grpc(_) => body,
            Self::Http(http) => http.compressed(body),
        }
    }

    /// Sends a body once.
    pub(in crate::otlp) async fn send(&self, body: Bytes) -> Result<Accepted, TryError> {
        match self {
            Self::Grpc(grpc) => grpc.send(body).await,
            Self::Http(http) => http.send(body).await,
        }
    }
}
