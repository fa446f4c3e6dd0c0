//! The HTTP server of a service.

use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, serve::ListenerExt};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

/// An address that is bound and not served yet, so that a service whose start fails has served
/// nothing.
///
/// ```
/// use std::time::Duration;
/// use axum::{Router, routing::get};
/// use osapi_common::http::Listener;
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let listener = Listener::bind("127.0.0.1:0".parse()?).await?;
/// assert_ne!(listener.address().port(), 0);
/// let server = listener.serve(Router::new().route("/", get(async || "Hello")));
/// server.stop(Duration::from_secs(1)).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Listener {
    listener: TcpListener,
    address: SocketAddr,
}

/// An address cannot be listened on: it is in use, is not an address of this machine, or is not
/// allowed.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address}: {cause}; give another address with --listen, or port 0 for any \
     free one"
)]
pub struct ListenError {
    /// The address in the options.
    pub address: SocketAddr,
    /// The error of the operating system.
    #[source]
    pub cause: io::Error,
}

impl Listener {
    /// Binds the address; port 0 takes a free port.
    ///
    /// # Errors
    /// The operating system refuses the address.
    pub async fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        let error = |cause| ListenError { address, cause };
        let listener = TcpListener::bind(address).await.map_err(error)?;
        let address = listener.local_addr().map_err(error)?;
        Ok(Self { listener, address })
    }

    /// The actual address, with the port that was free.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to accept connections, on the current tokio runtime.
    pub fn serve(self, routes: Router) -> Server {
        let stop = CancellationToken::new();
        // An answer is sent at once, even before the client has acknowledged the previous one.
        let listener = self.listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                debug!(%error, "a connection may be slow");
            }
        });
        let server =
            axum::serve(listener, routes).with_graceful_shutdown(stop.clone().cancelled_owned());
        Server { server: tokio::spawn(server.into_future()), stop }
    }
}

/// A running HTTP server. It ends with the runtime, unless it is stopped earlier.
#[derive(Debug)]
pub struct Server {
    server: JoinHandle<io::Result<()>>,
    stop: CancellationToken,
}

impl Server {
    /// Accepts no more connections, and closes the open ones after `limit`.
    pub async fn stop(self, limit: Duration) {
        self.stop.cancel();
        let server = self.server.abort_handle();
        if timeout(limit, self.server).await.is_err() {
            warn!("requests are still open; closing them");
            server.abort();
        }
    }
}
