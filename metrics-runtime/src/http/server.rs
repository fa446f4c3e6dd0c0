//! A server for processes that have none of their own.

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, oneshot, watch},
    task::JoinSet,
};

use super::{Endpoint, write_timeout::WriteTimeout};

/// What a client can take of the server.
const LIMITS: Limits = Limits {
    // A little longer than Prometheus' default scrape interval of one minute, since it ends idle connections too.
    head: Duration::from_secs(75),
    write: Duration::from_secs(30),
    // As many as Prometheus itself allows. Files are scarce: often a process may open 1024 of them.
    connections: 512,
};
/// A request head beyond this size is answered with 431. Scrapers send a few hundred bytes.
const MAX_HEAD: usize = 16 * 1024;
/// Requests that run when the server is stopped get this long to finish.
const GRACE: Duration = Duration::from_secs(5);
/// Pause after the system had no file descriptor or memory for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// Listens on `listen` and answers for `endpoint` on tasks of the current tokio runtime. Port 0 takes a free port;
/// the address that was bound is returned. The server runs until the handle is dropped.
pub(crate) async fn serve(
    endpoint: Endpoint,
    listen: SocketAddr,
) -> Result<(SocketAddr, ServerHandle), ServeError> {
    serve_within(endpoint, listen, LIMITS).await
}

/// What a client can take of the server.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    /// A connection on which no complete request head arrives for this long is closed.
    pub(super) head: Duration,
    /// So is one whose client does not read for this long what the system's buffers have no room for.
    pub(super) write: Duration,
    /// Further connections wait until one of so many ends.
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
    let refused = |source| ServeError::Listen { address: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;

    let (running, stop) = oneshot::channel();
    tokio::spawn(accept(listener, endpoint, limits, stop));
    Ok((address, ServerHandle { _running: running }))
}

/// Keeps the server running. When it is dropped, the port is closed first, then idle connections; requests that run
/// get a few seconds to finish.
#[derive(Debug)]
pub(crate) struct ServerHandle {
    /// Nothing is ever sent: that the sender goes away is the signal.
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
    let places = Arc::new(Semaphore::new(limits.connections));
    let next = || async {
        let place = Arc::clone(&places).acquire_owned().await;
        (place, listener.accept().await)
    };
    while let Some((place, accepted)) = unless(&mut stop, next()).await {
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                let conversation = converse(stream, endpoint.clone(), limits, drain.clone());
                connections.spawn(async move {
                    conversation.await;
                    drop(place);
                });
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "the metrics endpoint cannot accept connections for now");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }

    // In this order, a client that sees its idle connection end finds the port closed.
    drop(listener);
    drop(serving);
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!("the metrics endpoint was stopped while requests were still running");
    }
}

/// Serves one connection until the peer closes it, or until `drain` and the end of the request that runs.
async fn converse(
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
    // A peer that hangs up or talks nonsense is its own business: hyper has answered where it could.
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the metrics endpoint ended early");
    }
}

/// Waits for `work`, unless `stop` comes first.
pub(super) async fn unless<T>(stop: impl Future, work: impl Future<Output = T>) -> Option<T> {
    let (mut stop, mut work) = (pin!(stop), pin!(work));
    poll_fn(|context| match stop.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(None),
        Poll::Pending => work.as_mut().poll(context).map(Some),
    })
    .await
}

/// Whether an accept failed because of the peer. Everything else is the lack of a resource.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// Why the metrics endpoint cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is in use, not one of this machine's, or needs a privilege.
    #[error(
        "cannot serve metrics on {address}: {source}; \
         give another address or port 0 in `telemetry.metrics.listen`"
    )]
    Listen {
        /// The address as it was configured.
        address: SocketAddr,
        /// What the operating system said.
        source: io::Error,
    },
    /// There is no tokio runtime to run the server on.
    #[error(
        "cannot serve metrics on {address} outside a tokio runtime; call it from an async task"
    )]
    NoRuntime {
        /// The address as it was configured.
        address: SocketAddr,
    },
}
