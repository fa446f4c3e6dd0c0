//! The API's HTTP server.

use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use super::StartError;

/// A server that answers for the API.
#[derive(Debug)]
pub(super) struct Listener {
    server: JoinHandle<io::Result<()>>,
    stop: CancellationToken,
}

/// Takes the address; port 0 takes a free port.
pub(super) async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let unable = |cause| StartError::Listen { address, cause };
    let listener = TcpListener::bind(address).await.map_err(unable)?;
    let bound = listener.local_addr().map_err(unable)?;
    Ok((listener, bound))
}

impl Listener {
    pub(super) fn start(listener: TcpListener, routes: Router) -> Self {
        let stop = CancellationToken::new();
        // An answer is written at once and not when the one before it was acknowledged.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                debug!(%error, "a connection may be slow");
            }
        });
        let server =
            axum::serve(listener, routes).with_graceful_shutdown(stop.clone().cancelled_owned());
        Self { server: tokio::spawn(server.into_future()), stop }
    }

    /// Accepts nothing more, and gives open requests this long.
    pub(super) async fn stop(self, limit: Duration) {
        self.stop.cancel();
        let server = self.server.abort_handle();
        if timeout(limit, self.server).await.is_err() {
            warn!("requests are still open; closing them");
            server.abort();
        }
    }
}
