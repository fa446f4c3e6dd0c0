use std::{convert::Infallible, future::Ready};

use bytes::Bytes;

use crate::{
    config::OtlpError,
    otlp::{
        answer::{Accepted, TryError},
        transport::setup::Setup,
    },
};

/// There is no value of this type.
#[derive(Debug)]
pub(in crate::otlp) struct GrpcTransport(Infallible);

impl GrpcTransport {
    pub(in crate::otlp::transport) fn new(_: Setup<'_>) -> Result<Self, OtlpError> {
        Err(OtlpError::ProtocolNotCompiled { protocol: "grpc", feature: "otlp-grpc" })
    }

    pub(in crate::otlp::transport) fn send(&self, _: Bytes) -> Ready<Result<Accepted, TryError>> {
        match self.0 {}
    }
}
