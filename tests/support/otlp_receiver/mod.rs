//! A collector for tests: receives OTLP over gRPC and HTTP on one port, and misbehaves on demand.
//!
//! The collector runs on a thread of its own and its methods block, so that a test may use any
//! async runtime or none.

mod export;
mod server;

pub use export::{Exemplar, Export, Kind, Labels, Metric, Period, Temporality, Value};

use std::{
    collections::{BTreeSet, VecDeque},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use tokio::{
    net::TcpListener,
    sync::{oneshot, watch},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

/// The way in which the collector answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Stores the export.
    Accept,
    /// Stores the export and reports this number of points as rejected.
    Reject(u32),
    /// The same, with a reason that is not in UTF-8. The client must not ask for compression.
    RejectInBytes(u32),
    /// Does not answer.
    Hang,
    /// Fails with this HTTP status, or the gRPC code that corresponds to the status.
    Status(u16),
    /// Answers with success and a page of HTML.
    Garbage,
    /// Fails with this HTTP status.
    Http(u16, Option<RetryAfter>),
    /// Fails with this gRPC code, and with a `RetryInfo` if there is a delay.
    Grpc(i32, Option<Duration>),
    /// Fails over gRPC, with a message that is not in UTF-8.
    UnreadableMessage,
    /// Ends the connection without an answer.
    Cut,
    /// Answers with success and this number of bytes.
    Endless(usize),
    /// Answers over gRPC with success and 4 GB of empty messages.
    EndlessMessages,
    /// Answers with success and the beginning of a message.
    Truncated,
    /// Fails, and repeats all headers of the request, also per-cent encoded: over gRPC in the
    /// status, over HTTP in the type and the body of the response.
    Repeat,
    /// Rejects a point, and repeats them in the reason.
    RejectAndRepeat,
}

/// The header `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// A number of seconds.
    Seconds(u64),
    /// The date in this number of seconds.
    Date(u64),
}

/// The longest time that a test waits for a request.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running collector. Dropping it closes its port and its connections.
#[derive(Debug)]
pub struct OtlpReceiver {
    address: SocketAddr,
    tls: bool,
    shared: Arc<Shared>,
    thread: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl OtlpReceiver {
    /// Listens on a free port of the loopback interface.
    pub fn start() -> Self {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Listens at the address of an earlier receiver.
    ///
    /// # Panics
    ///
    /// If the address is in use.
    pub fn start_at(address: SocketAddr) -> Self {
        Self::listen(address, None)
    }

    /// Listens for TLS connections on a free port. `config` has to offer `h2` for gRPC.
    pub fn start_tls(config: ServerConfig) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), Some(acceptor))
    }

    fn listen(address: SocketAddr, tls: Option<TlsAcceptor>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let secure = tls.is_some();
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let (bound, address_bound) = std::sync::mpsc::channel();
        let thread = thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                runtime.block_on(async move {
                    let listener = bind(address).await;
                    bound.send(listener.local_addr().unwrap()).unwrap();
                    tokio::select! {
                        () = server::serve(listener, tls, shared) => {}
                        _ = stopped => {}
                    }
                });
            }
        });
        Self {
            tls: secure,
            address: address_bound.recv().expect("the receiver listens"),
            shared,
            thread: Some((stop, thread)),
        }
    }

    /// The address at which the collector listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint to configure, the same for every protocol.
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Answers all further requests in this way.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.lock().behaviour = behaviour;
    }

    /// Answers the next requests in these ways, one each, and further ones as before.
    pub fn script(&self, answers: impl IntoIterator<Item = Behaviour>) {
        self.shared.lock().script.extend(answers);
    }

    /// Neither reads nor writes the open connections any more, as if the network had lost the
    /// connections. New connections are served.
    pub fn lose_connections(&self) {
        self.shared.losses.send_modify(|losses| *losses += 1);
    }

    /// Waits for a stored export for which `wanted` is true, and returns the newest such export.
    ///
    /// # Panics
    ///
    /// If there is no such export within a minute.
    pub fn await_export(&self, wanted: impl Fn(&Export) -> bool) -> Export {
        self.shared
            .wait(|log| log.exports.iter().rev().find(|export| wanted(export)).cloned())
            .unwrap_or_else(|| panic!("none of the exports is wanted: {}", self.shared.summary()))
    }

    /// Waits until `is_enough` is true of the stored exports.
    ///
    /// # Panics
    ///
    /// If that takes more than a minute.
    pub fn await_exports(&self, is_enough: impl Fn(&[Export]) -> bool) {
        self.shared
            .wait(|log| is_enough(&log.exports).then_some(()))
            .unwrap_or_else(|| panic!("more exports are wanted: {}", self.shared.summary()));
    }

    /// Waits until this number of requests has arrived, whatever the answers.
    ///
    /// # Panics
    ///
    /// If they do not arrive within a minute.
    pub fn await_tries(&self, tries: usize) {
        self.shared
            .wait(|log| (log.tries.len() >= tries).then_some(()))
            .unwrap_or_else(|| panic!("{} of {tries} requests arrived", self.tries()));
    }

    /// The number of requests that have arrived, whatever the answers.
    pub fn tries(&self) -> usize {
        self.shared.lock().tries.len()
    }

    /// Begins to count requests anew.
    pub fn forget_tries(&self) {
        self.shared.lock().tries.clear();
    }

    /// When each request arrived.
    pub fn arrivals(&self) -> Vec<Instant> {
        self.shared.lock().tries.clone()
    }

    /// Every request that was stored.
    pub fn exports(&self) -> Vec<Export> {
        self.shared.lock().exports.clone()
    }
}

/// A listener at this address. A free port is one that no receiver of this process had before:
/// tests distinguish the log lines of their receivers by the ports, and listen at an earlier
/// address again.
async fn bind(address: SocketAddr) -> TcpListener {
    static USED: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    // Kept until a port is found, so that the system does not propose the same port again.
    let mut refused = Vec::new();
    loop {
        let listener = TcpListener::bind(address).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let is_new = USED.lock().unwrap_or_else(PoisonError::into_inner).insert(port);
        if is_new || address.port() != 0 {
            return listener;
        }
        refused.push(listener);
    }
}

impl Drop for OtlpReceiver {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // The thread of the receiver has reported its panic already.
            let _ = thread.join();
        }
    }
}

/// State shared by the thread of the receiver and the test.
#[derive(Debug, Default)]
struct Shared {
    log: Mutex<Log>,
    changed: Condvar,
    /// The number of calls of `lose_connections`.
    losses: watch::Sender<u64>,
}

#[derive(Debug)]
struct Log {
    behaviour: Behaviour,
    /// What comes before the behaviour.
    script: VecDeque<Behaviour>,
    tries: Vec<Instant>,
    exports: Vec<Export>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            behaviour: Behaviour::Accept,
            script: VecDeque::new(),
            tries: Vec::new(),
            exports: Vec::new(),
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request and returns the way in which to answer it.
    fn tried(&self) -> Behaviour {
        let mut log = self.lock();
        log.tries.push(Instant::now());
        self.changed.notify_all();
        log.script.pop_front().unwrap_or(log.behaviour)
    }

    /// All requests in one line, for the message of a failed test.
    fn summary(&self) -> String {
        let log = self.lock();
        let names = log.exports.last().map(|last| last.metrics.keys().collect::<Vec<_>>());
        format!(
            "{} of {} requests kept, the last with {names:?}",
            log.exports.len(),
            log.tries.len()
        )
    }

    fn keep(&self, export: Export) {
        self.lock().exports.push(export);
        self.changed.notify_all();
    }

    fn wait<T>(&self, found: impl Fn(&Log) -> Option<T>) -> Option<T> {
        let end = Instant::now() + PATIENCE;
        let mut log = self.lock();
        loop {
            if let Some(found) = found(&log) {
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            (log, _) = self.changed.wait_timeout(log, left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
