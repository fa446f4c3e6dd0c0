//! The acceptance of connections, within the limit of their number.

use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{super::unless::unless, condition::Condition};

/// Connections without a request end within this time, also where no other time is left.
const IDLE_END: Duration = Duration::from_millis(20);

/// The time that requests get to finish when a server is dropped.
const GRACE: Duration = Duration::from_secs(5);
/// The pause after the system had no file descriptor or memory for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);

/// The end of a server that accepts connections.
#[derive(Debug)]
pub(super) struct Acceptor {
    listener: TcpListener,
    address: SocketAddr,
    max_connections: usize,
    permits: Arc<Semaphore>,
    /// All permits are taken.
    full: Condition,
    /// The system has no resources for a connection.
    failing: Condition,
}

impl Acceptor {
    pub(super) fn new(listener: TcpListener, address: SocketAddr, max_connections: usize) -> Self {
        let permits = Arc::new(Semaphore::new(max_connections));
        let (full, failing) = (Condition::default(), Condition::default());
        Self { listener, address, max_connections, permits, full, failing }
    }

    /// Serves each connection until `stop` says how long requests may go on, or is gone.
    pub(super) async fn run<F>(
        mut self,
        serve: impl Fn(TcpStream, OwnedSemaphorePermit, watch::Receiver<()>) -> F,
        mut stop: oneshot::Receiver<Duration>,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        let (serving, drain) = watch::channel(());
        let mut connections = JoinSet::new();
        let grace = loop {
            match unless(&mut stop, self.next()).await {
                Ok((stream, permit)) => {
                    while connections.try_join_next().is_some() {}
                    connections.spawn(serve(stream, permit, drain.clone()));
                }
                Err(stopped) => break stopped.unwrap_or(GRACE),
            }
        };

        // In this order a client whose idle connection ends finds the port closed.
        drop(self.listener);
        drop(serving);
        let finished = async { while connections.join_next().await.is_some() {} };
        if timeout(grace.max(IDLE_END), finished).await.is_err() {
            let address = self.address;
            tracing::warn!(%address, "requests are still open; closing them");
        }
    }

    /// The next connection. What keeps it from coming is logged when it begins and when it ends.
    async fn next(&mut self) -> (TcpStream, OwnedSemaphorePermit) {
        let permit = self.permit().await;
        loop {
            match self.accept().await {
                Ok(stream) => return (stream, permit),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if self.failing.observe() {
                        let address = self.address;
                        tracing::warn!(%address, %error, "connections cannot be accepted for now");
                    }
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    async fn permit(&mut self) -> OwnedSemaphorePermit {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return permit;
        }
        if self.full.observe() {
            let (address, max_connections) = (self.address, self.max_connections);
            tracing::warn!(
                %address,
                max_connections,
                "the limit of connections is reached: further connections wait",
            );
        }
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        self.full.observe();
        permit.expect("the semaphore is never closed")
    }

    /// Accepts, and logs meanwhile which conditions are over.
    async fn accept(&mut self) -> io::Result<TcpStream> {
        loop {
            self.log_ends();
            let accepting = self.listener.accept();
            let accepted = match [self.full.rest(), self.failing.rest()].into_iter().flatten().min()
            {
                None => accepting.await,
                Some(rest) => match timeout(rest, accepting).await {
                    Ok(accepted) => accepted,
                    Err(_) => continue,
                },
            };
            return accepted.map(|(stream, _)| stream);
        }
    }

    fn log_ends(&mut self) {
        let address = self.address;
        if self.full.ends() {
            tracing::info!(%address, "there is room for further connections again");
        }
        if self.failing.ends() {
            tracing::info!(%address, "connections are accepted again");
        }
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
