use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderValue, Request, header};
use http_body_util::Full;

use super::response::read;
use crate::{
    config::OtlpError,
    http_client::Client,
    otlp::{
        answer::{Accepted, TryError},
        request::Encoding,
        transport::setup::Setup,
    },
};

/// A client that posts to one endpoint.
#[derive(Debug)]
pub(in crate::otlp) struct HttpTransport {
    client: Client,
    /// The request without its body.
    request: Request<()>,
    encoding: Encoding,
    is_compressed: bool,
}

impl HttpTransport {
    pub(in crate::otlp::transport) fn new(
        mut setup: Setup<'_>,
        encoding: Encoding,
    ) -> Result<Self, OtlpError> {
        let tls = setup.tls()?;
        let client = Client::new(setup.endpoint, setup.proxy.clone(), &tls);
        let client = client.map_err(|error| setup.rejected(error))?;
        let (user_agent, is_compressed) = (setup.take_user_agent(), setup.is_compressed());
        let content_type = match encoding {
            Encoding::Protobuf => "application/x-protobuf",
            Encoding::Json => "application/json",
        };
        let mut headers = std::mem::take(&mut setup.headers);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(header::USER_AGENT, user_agent);
        if is_compressed {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let request = Request::post(setup.endpoint.uri().clone()).body(());
        let mut request = request.map_err(|error| setup.rejected(error))?;
        *request.headers_mut() = headers;
        Ok(Self { client, request, encoding, is_compressed })
    }

    pub(in crate::otlp::transport) fn compressed(&self, body: Bytes) -> Bytes {
        if !self.is_compressed {
            return body;
        }
        let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
        // Memory refuses no bytes.
        let _ = encoder.write_all(&body);
        encoder.finish().map_or(body, Bytes::from)
    }

    /// Posts a body.
    pub(in crate::otlp::transport) async fn send(&self, body: Bytes) -> Result<Accepted, TryError> {
        let request = self.request.clone().map(|()| Full::new(body));
        let response = self.client.send(request).await;
        let response = response.map_err(|error| TryError::of_connection(&error))?;
        read(response, self.encoding).await
    }
}
