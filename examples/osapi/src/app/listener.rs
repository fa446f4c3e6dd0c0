//! The API's HTTP server.

use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::error::StartError;

/// The running server of the API.
#[derive(Debug)]
pub(super) struct Listener {
    server: JoinHandle<io::Result<()>>,
    stop: CancellationToken,
}

/// Binds the address; port 0 takes a free port. Returns the listener and its actual address.
pub(super) async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let error = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(error)?;
    let bound = listener.local_addr().map_err(error)?;
    Ok((listener, bound))
}

impl Listener {
    /// Begins to accept connections, on the current tokio runtime.
    pub(super) fn start(listener: TcpListener, routes: Router) -> Self {
        let stop = CancellationToken::new();
        // An answer is sent at once, even before the client has acknowledged the previous one.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                debug!(%error, "a connection may be slow");
            }
        });
        let server =
            axum::serve(listener, routes).with_graceful_shutdown(stop.clone().cancelled_owned());
        Self { server: tokio::spawn(server.into_future()), stop }
    }

    /// Accepts no more connections, and closes the open ones after `limit`.
    pub(super) async fn stop(self, limit: Duration) {
        self.stop.cancel();
        let server = self.server.abort_handle();
        if timeout(limit, self.server).await.is_err() {
            warn!("requests are still open; closing them");
            server.abort();
        }
    }
}
