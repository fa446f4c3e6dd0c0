//! The start and the stop of a server.

use std::{io, net::SocketAddr, time::Duration};

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use tokio::{
    net::{TcpListener, TcpSocket},
    runtime::Handle,
    sync::oneshot,
    task::JoinHandle,
};
use tower_service::Service;

use super::{
    accept::Acceptor,
    connection::{BoxError, serve_connection},
    limits::{LimitError, ServerLimits},
};

/// The connections that the system keeps until they are accepted. Others are refused, or wait for
/// their next try. The system may have a lower limit, such as Linux's `net.core.somaxconn`.
const BACKLOG: u32 = 1024;

/// An address that is bound and not served yet, so that a service whose start fails has served
/// nothing.
///
#[cfg_attr(feature = "axum", doc = "```")]
#[cfg_attr(not(feature = "axum"), doc = "```ignore")]
/// use std::time::Duration;
///
/// use axum::{Router, routing::get};
/// use osapi_metrics::http::{Listener, ServerLimits};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut limits = ServerLimits::default();
/// limits.max_connections = 200;
/// let listener = Listener::bind("127.0.0.1:0".parse()?, limits).await?;
/// println!("http://{}/jobs", listener.address());
///
/// let routes: Router = Router::new().route("/jobs", get(async || "none"));
/// let server = listener.serve(routes);
/// server.stop(Duration::from_secs(10)).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    limits: ServerLimits,
}

impl Listener {
    /// Binds the address; port 0 takes a free port.
    ///
    /// # Errors
    ///
    /// [`ListenError`] if a limit is out of its range, if the operating system refuses the address,
    /// or outside a tokio runtime.
    // Binding needs the reactor of a runtime, which only a future is sure to have.
    #[allow(clippy::unused_async)]
    pub async fn bind(address: SocketAddr, limits: ServerLimits) -> Result<Self, ListenError> {
        limits.check()?;
        if Handle::try_current().is_err() {
            return Err(ListenError::NoRuntime { address });
        }
        let failed = |source| ListenError::Address { address, source };
        let socket = listen(address).map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, limits })
    }

    /// The actual address, with the port that was free.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Begins to accept connections, on tasks of the current tokio runtime.
    ///
    /// The server speaks HTTP/1.1 without TLS. A service that answers with the status 101 has the
    /// connection for as long as it keeps it; it counts towards
    /// [`max_connections`](ServerLimits::max_connections) until then.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn serve<S, B>(self, service: S) -> Server
    where
        S: Service<
                Request<Incoming>,
                Response = Response<B>,
                Future: Send,
                Error: Into<BoxError> + Send,
            > + Clone
            + Send
            + 'static,
        B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    {
        let Self { socket, address, limits } = self;
        let (stop, stopped) = oneshot::channel();
        let acceptor = Acceptor::new(socket, address, limits.max_connections);
        let serve = move |stream, permit, drain| {
            serve_connection(stream, permit, service.clone(), limits, drain)
        };
        let task = tokio::spawn(acceptor.run(serve, stopped));
        Server { address, stop, task }
    }
}

/// Listens as [`TcpListener::bind`] does, with more room for connections that are not accepted yet.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port whose connections have just ended can be listened on again. Elsewhere the option lets
    // two processes listen on one port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A running server. When it is stopped or dropped, the port is closed first, then idle
/// connections; requests that run may finish.
#[derive(Debug)]
#[must_use = "a server that is dropped stops"]
pub struct Server {
    address: SocketAddr,
    /// Sends the time that requests get to finish. Dropping the sender stops the server too.
    stop: oneshot::Sender<Duration>,
    task: JoinHandle<()>,
}

impl Server {
    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts no more connections, and closes the open ones after `limit`. A server that is
    /// dropped instead gives them 5 s, and nobody waits for it.
    pub async fn stop(self, limit: Duration) {
        // A server whose runtime is gone has stopped.
        let _ = self.stop.send(limit);
        let _ = self.task.await;
    }
}

/// Why an address is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The address is in use, is not an address of this machine, or needs a privilege.
    #[error(
        "cannot listen on {address}: {source}; give another address, or port 0 for any free one"
    )]
    Address {
        /// The address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A limit is out of its range.
    #[error(transparent)]
    Limit(#[from] LimitError),
    /// There is no tokio runtime to run the server on.
    #[error("cannot listen on {address} outside a tokio runtime; call it from an async task")]
    NoRuntime {
        /// The address.
        address: SocketAddr,
    },
}
