use std::{
    error::Error,
    io,
    pin::Pin,
    task::{Context, Poll},
};

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use tower_service::Service;

use super::{Proxy, ProxyError, TlsConnector, TlsSettings, tunnel};

/// Connects to servers, directly or through a proxy. TLS to the server is the caller's.
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    /// The connector to a proxy, and what is asked of the proxy.
    proxy: Option<(TlsConnector<HttpConnector>, Proxy)>,
    is_forwarding: bool,
}

type BoxError = Box<dyn Error + Send + Sync>;

impl Connector {
    /// A connector that goes through the proxy, if there is one. With `is_forwarding`, the proxy
    /// gets the requests, which must be of HTTP/1 and without TLS; otherwise it is asked for a
    /// tunnel.
    ///
    /// # Errors
    ///
    /// If the settings of TLS cannot be used, which a proxy with TLS needs.
    pub(crate) fn new(
        proxy: Option<Proxy>,
        is_forwarding: bool,
        tls: &TlsSettings,
    ) -> Result<Self, BoxError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let proxy = match proxy {
            Some(proxy) => Some((tls.connector(tcp.clone())?, proxy)),
            None => None,
        };
        Ok(Self { tcp, proxy, is_forwarding })
    }
}

impl Service<Uri> for Connector {
    type Response = Stream;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Stream, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Ok(std::task::ready!(self.tcp.poll_ready(context))?).into()
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        let Some((connector, proxy)) = &mut self.proxy else {
            let connecting = self.tcp.call(server);
            return Box::pin(async { Ok(Stream::new(connecting.await?, false)) });
        };
        let connecting = connector.call(proxy.uri().clone());
        let (proxy, is_forwarding) = (proxy.clone(), self.is_forwarding);
        Box::pin(async move {
            let stream = connecting.await.map_err(ProxyError::unreachable)?;
            Ok(if is_forwarding {
                Stream::new(stream, true)
            } else {
                Stream::new(tunnel::open(stream, &proxy, &server).await?, false)
            })
        })
    }
}

/// A connection to a server, or to a proxy that forwards requests.
pub(crate) struct Stream {
    bytes: Pin<Box<dyn Bytes>>,
    is_forwarded: bool,
}

trait Bytes: Read + Write + Send {}

impl<T: Read + Write + Send> Bytes for T {}

impl Stream {
    fn new(bytes: impl Bytes + 'static, is_forwarded: bool) -> Self {
        Self { bytes: Box::pin(bytes), is_forwarded }
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new().proxy(self.is_forwarded)
    }
}

impl Read for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.bytes.as_mut().poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.bytes.as_mut().poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.bytes.as_mut().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.bytes.as_mut().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.bytes.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.bytes.as_mut().poll_write_vectored(context, parts)
    }
}
