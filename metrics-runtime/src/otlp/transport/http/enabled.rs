use std::io::Write;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::{HeaderValue, Request, header};
use http_body_util::Full;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::response::read;
use crate::{
    config::OtlpError,
    http_client::{Connector, Proxy, TlsConnector},
    otlp::{
        answer::{Accepted, TryError},
        request::Encoding,
        transport::setup::Setup,
    },
};

/// The most that is read at once, and the longest head of a response. A connection reads many times
/// before the time of the export is looked at, so that a server that sends without end, such as
/// informational responses, would stretch it with a buffer that grows.
const READ_BYTES: usize = 16 * 1024;

/// A client that posts to one endpoint.
#[derive(Debug)]
pub(in crate::otlp) struct HttpTransport {
    client: Client<TlsConnector<Connector>, Full<Bytes>>,
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
        let is_forwarded = !setup.endpoint.is_tls();
        // The proxy that reads a request reads the password too.
        let proxy = setup.proxy.as_ref().filter(|_| is_forwarded);
        let authorization = proxy.and_then(Proxy::authorization).cloned();
        let tls = setup.tls()?;
        let connector = Connector::new(setup.proxy.clone(), is_forwarded, &tls)
            .and_then(|tcp| tls.connector(tcp));
        let connector = connector.map_err(|error| setup.rejected(error))?;
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
        if let Some(authorization) = authorization {
            headers.insert(header::PROXY_AUTHORIZATION, authorization);
        }
        let request = Request::post(setup.endpoint.uri().clone()).body(());
        let mut request = request.map_err(|error| setup.rejected(error))?;
        *request.headers_mut() = headers;
        let mut client = Client::builder(TokioExecutor::new());
        let client = client.http1_read_buf_exact_size(READ_BYTES).build(connector);
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

    /// Posts a body. It follows no redirect.
    pub(in crate::otlp::transport) async fn send(&self, body: Bytes) -> Result<Accepted, TryError> {
        let request = self.request.clone().map(|()| Full::new(body));
        let response = self.client.request(request).await;
        let response = response.map_err(|error| TryError::of_connection(&error))?;
        read(response, self.encoding).await
    }
}
