//! A tunnel through a proxy: the method CONNECT.

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::Empty;
use hyper::{
    client::conn::http1,
    rt::{Read, Write},
    upgrade::{self, Upgraded},
};
use tokio::task::JoinSet;

use super::{Proxy, ProxyError, address::port};

/// The most that is read at once, and the longest head of an answer, also of one that goes on for
/// ever.
pub(super) const READ_BYTES: usize = 16 * 1024;

/// Asks the proxy at the other end of a stream to connect to a server.
pub(super) async fn open(
    stream: impl Read + Write + Unpin + Send + 'static,
    proxy: &Proxy,
    server: &Uri,
) -> Result<Upgraded, ProxyError> {
    let server = format!("{}:{}", server.host().unwrap_or_default(), port(server));
    let mut builder = http1::Builder::new();
    let connecting = builder.read_buf_exact_size(Some(READ_BYTES)).handshake(stream);
    let (mut sender, connection) = connecting.await.map_err(ProxyError::Answer)?;
    // The set ends the connection if the caller does not wait any longer. The connection of a
    // tunnel ends by itself, and leaves the stream behind.
    let mut connections = JoinSet::new();
    connections.spawn(connection.with_upgrades());
    let mut request = Request::connect(&server).header(header::HOST, &server);
    if let Some(authorization) = proxy.authorization() {
        request = request.header(header::PROXY_AUTHORIZATION, authorization);
    }
    let refused = |status| ProxyError::Refused { server: server.clone(), status };
    let request = request.body(Empty::<Bytes>::new());
    // A host and a port that the address has are ones that a request can have.
    let request = request.map_err(|_| refused(http::StatusCode::BAD_REQUEST))?;
    let response = sender.send_request(request).await.map_err(ProxyError::Answer)?;
    if !response.status().is_success() {
        return Err(refused(response.status()));
    }
    let tunnel = upgrade::on(response).await.map_err(ProxyError::Answer)?;
    connections.detach_all();
    Ok(tunnel)
}
