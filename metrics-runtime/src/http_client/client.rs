use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{self, Error},
    rt::TokioExecutor,
};

use super::{Address, Connector, Proxy, TlsConnector, TlsSettings, tunnel::READ_BYTES};

/// A client of HTTP/1 for one server. It follows no redirect.
///
/// A connection reads many times before a caller looks at the time, so that a server that sends
/// without end, such as informational responses, would stretch it with a buffer that grows: what it
/// reads at once has a limit.
#[derive(Debug)]
pub(crate) struct Client {
    client: legacy::Client<TlsConnector<Connector>, Full<Bytes>>,
    /// What a proxy that reads the requests asks for.
    authorization: Option<HeaderValue>,
}

impl Client {
    /// # Errors
    ///
    /// If the settings of TLS cannot be used.
    pub(crate) fn new(
        server: &Address,
        proxy: Option<Proxy>,
        tls: &TlsSettings,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let is_forwarded = !server.is_tls();
        let reader = proxy.as_ref().filter(|_| is_forwarded);
        let authorization = reader.and_then(Proxy::authorization).cloned();
        let connector = tls.connector(Connector::new(proxy, is_forwarded, tls)?)?;
        let mut client = legacy::Client::builder(TokioExecutor::new());
        let client = client.http1_read_buf_exact_size(READ_BYTES).build(connector);
        Ok(Self { client, authorization })
    }

    /// Sends a request, whose URL has the scheme and the host of the server.
    pub(crate) async fn send(
        &self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Error> {
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(header::PROXY_AUTHORIZATION, authorization.clone());
        }
        self.client.request(request).await
    }
}
