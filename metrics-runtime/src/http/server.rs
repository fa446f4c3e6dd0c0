//! A server for processes without a web server of their own.

use std::{convert::Infallible, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot, watch},
    task::JoinSet,
};

use super::{endpoint::Endpoint, unless::unless, write_timeout::WriteTimeout};

/// The limits of the server.
const LIMITS: Limits = Limits {
    // A little longer than Prometheus' default scrape interval of one minute, because it also ends
    // idle connections.
    head: Duration::from_secs(75),
    write: Duration::from_secs(30),
    // The limit of Prometheus itself. Often a process may open 1024 files only.
    connections: 512,
};
/// A longer request head is answered with 431. Scrapers send a few hundred bytes.
const MAX_HEAD: usize = 16 * 1024;
/// The time that requests get to finish when the server is stopped.
const GRACE: Duration = Duration::from_secs(5);
/// The pause after the system had no file descriptor or memory for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Listens on `listen` and answers for `endpoint` on tasks of the current tokio runtime. Port 0
/// takes a free port. Returns the bound address. The server runs until the handle is dropped.
pub(crate) async fn serve(
    endpoint: Endpoint,
    listen: SocketAddr,
) -> Result<(SocketAddr, ServerHandle), ServeError> {
    serve_within(endpoint, listen, LIMITS).await
}

/// The limits that keep clients from exhausting the server.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// The longest time without a complete request head, after which a connection is closed.
    pub(super) head: Duration,
    /// The longest time that the client may leave the system's buffers full, after which a
    /// connection is closed.
    pub(super) write: Duration,
    /// The largest number of connections. Further connections wait until one ends.
    pub(super) connections: usize,
}

pub(super) async fn serve_within(
    endpoint: Endpoint,
    listen: SocketAddr,
    limits: Limits,
) -> Result<(SocketAddr, ServerHandle), ServeError> {
    if tokio::runtime::Handle::try_current().is_err() {
        return Err(ServeError::NoRuntime { address: listen });
    }
    let failed = |source| ServeError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;

    let (running, stop) = oneshot::channel();
    tokio::spawn(accept(listener, endpoint, limits, stop));
    Ok((address, ServerHandle { _running: running }))
}

/// Keeps the server running. When the handle is dropped, the port is closed first, then idle
/// connections; requests that run get a few seconds to finish.
#[derive(Debug)]
pub(crate) struct ServerHandle {
    /// Sends nothing: dropping the sender is the signal.
    _running: oneshot::Sender<Infallible>,
}

async fn accept(
    listener: TcpListener,
    endpoint: Endpoint,
    limits: Limits,
    mut stop: oneshot::Receiver<Infallible>,
) {
    let (serving, drain) = watch::channel(());
    let mut connections = JoinSet::new();
    let permits = Arc::new(Semaphore::new(limits.connections));
    let next = || async {
        let permit = Arc::clone(&permits).acquire_owned().await;
        (permit, listener.accept().await)
    };
    while let Some((permit, accepted)) = unless(&mut stop, next()).await {
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let serving = serve_connection(stream, endpoint.clone(), limits, drain.clone());
                connections.spawn(async move {
                    serving.await;
                    drop(permit);
                });
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "the metrics endpoint cannot accept connections for now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    // In this order a client whose idle connection ends finds the port closed.
    drop(listener);
    drop(serving);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!("the metrics endpoint was stopped while requests were still running");
    }
}

/// Serves one connection until the peer closes it, or until `drain` and the end of the request that
/// runs.
async fn serve_connection(
    stream: TcpStream,
    endpoint: Endpoint,
    limits: Limits,
    mut drain: watch::Receiver<()>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let endpoint = endpoint.clone();
        async move {
            let (head, _) = request.into_parts();
            let response = endpoint.respond(&head.method, head.uri.path(), &head.headers);
            Ok::<_, Infallible>(response.await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(MAX_HEAD)
        .serve_connection(WriteTimeout::new(TokioIo::new(stream), limits.write), service);
    let mut connection = pin!(connection);

    let ended = if let Some(ended) = unless(drain.changed(), connection.as_mut()).await {
        ended
    } else {
        connection.as_mut().graceful_shutdown();
        connection.await
    };
    // Not an error of the server: hyper has answered a malformed request where it could.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the metrics endpoint ended early");
    }
}

/// Whether an accept failed because of the peer. All other failures are a lack of resources.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// The reason why the metrics endpoint cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is in use, is not an address of this machine, or needs a privilege.
    #[error(
        "cannot serve metrics on {address}: {source}; \
         give another address or port 0 in `telemetry.metrics.listen`"
    )]
    Listen {
        /// The configured address.
        address: SocketAddr,
        /// The error of the operating system.
        source: io::Error,
    },
    /// There is no tokio runtime to run the server on.
    #[error(
        "cannot serve metrics on {address} outside a tokio runtime; call it from an async task"
    )]
    NoRuntime {
        /// The configured address.
        address: SocketAddr,
    },
}
