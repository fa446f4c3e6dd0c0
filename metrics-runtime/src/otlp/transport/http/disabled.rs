use std::{convert::Infallible, future::Ready};

use bytes::Bytes;

use crate::{
    config::OtlpError,
    otlp::{
        answer::{Accepted, TryError},
        request::Encoding,
        transport::setup::Setup,
    },
};

/// There is no value of this type.
#[derive(Debug)]
pub(in crate::otlp) struct HttpTransport(Infallible);

impl HttpTransport {
    pub(in crate::otlp::transport) fn new(
        _: Setup<'_>,
        encoding: Encoding,
    ) -> Result<Self, OtlpError> {
        let protocol = match encoding {
            Encoding::Protobuf => "http/protobuf",
            Encoding::Json => "http/json",
        };
        Err(OtlpError::ProtocolNotCompiled { protocol, feature: "otlp-http" })
    }

    pub(in crate::otlp::transport) fn compressed(&self, _: Bytes) -> Bytes {
        match self.0 {}
    }

    pub(in crate::otlp::transport) fn send(&self, _: Bytes) -> Ready<Result<Accepted, TryError>> {
        match self.0 {}
    }
}
