//! A collector for tests: receives OTLP over gRPC and HTTP on one port, and misbehaves on demand.
//!
//! It lives on a thread of its own and its methods block, so that a test may use any runtime or none.

use std::{
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

mod export;
mod server;

pub use export::{Export, Kind, Labels, Metric, Temporality, Value};

/// How a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Taken and kept.
    Accept,
    /// Taken and kept, but so many points are said to be refused.
    Reject(u32),
    /// Not answered.
    Hang,
    /// Refused with this HTTP status, or the gRPC code that corresponds to it.
    Status(u16),
    /// Answered with success and a page of HTML.
    Garbage,
}

/// The most that a test waits for anything.
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

    /// Listens where a receiver listened before.
    ///
    /// # Panics
    ///
    /// If the address is in use.
    pub fn start_at(address: SocketAddr) -> Self {
        Self::listen(address, None)
    }

    /// Listens on a free port for TLS connections. `config` has to offer `h2` for gRPC.
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
                    let listener = TcpListener::bind(address).await.unwrap();
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

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint to configure, for every protocol.
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Answers all further requests like this.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.lock().behaviour = behaviour;
    }

    /// Leaves the connections that are open now without any further sign of life, as a network that has lost them
    /// does. New ones are served.
    pub fn lose_connections(&self) {
        self.shared.losses.send_modify(|losses| *losses += 1);
    }

    /// Waits for a request that was kept and of which `wanted` is true, and returns the newest such.
    ///
    /// # Panics
    ///
    /// If there is none within a minute.
    pub fn await_export(&self, wanted: impl Fn(&Export) -> bool) -> Export {
        self.shared
            .wait(|log| log.exports.iter().rev().find(|export| wanted(export)).cloned())
            .unwrap_or_else(|| panic!("none of the exports is wanted: {}", self.shared.summary()))
    }

    /// Waits until so many requests have arrived, whatever they were answered.
    ///
    /// # Panics
    ///
    /// If they do not within a minute.
    pub fn await_tries(&self, tries: usize) {
        self.shared
            .wait(|log| (log.tries >= tries).then_some(()))
            .unwrap_or_else(|| panic!("{} of {tries} requests arrived", self.tries()));
    }

    /// How many requests have arrived, whatever they were answered.
    pub fn tries(&self) -> usize {
        self.shared.lock().tries
    }
}

impl Drop for OtlpReceiver {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.thread.take() {
            drop(stop);
            // A panic of the receiver has been reported on its thread.
            let _ = thread.join();
        }
    }
}

/// What the receiver's thread and the test share.
#[derive(Debug, Default)]
struct Shared {
    log: Mutex<Log>,
    changed: Condvar,
    /// How often connections were lost.
    losses: watch::Sender<u64>,
}

#[derive(Debug)]
struct Log {
    behaviour: Behaviour,
    tries: usize,
    exports: Vec<Export>,
}

impl Default for Log {
    fn default() -> Self {
        Self { behaviour: Behaviour::Accept, tries: 0, exports: Vec::new() }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request and tells how to answer it.
    fn tried(&self) -> Behaviour {
        let mut log = self.lock();
        log.tries += 1;
        self.changed.notify_all();
        log.behaviour
    }

    /// What arrived, in a line.
    fn summary(&self) -> String {
        let log = self.lock();
        let names = log.exports.last().map(|last| last.metrics.keys().collect::<Vec<_>>());
        format!("{} of {} requests kept, the last with {names:?}", log.exports.len(), log.tries)
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
