//! The service in its own process, with metrics on or off.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use osapi_metrics_tests::otlp_receiver::OtlpReceiver;

use crate::http::Connection;

/// Whether the metrics are on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metrics {
    Off,
    /// On, scraped and pushed.
    On,
}

impl Metrics {
    /// The environment variables that configure it.
    pub(crate) fn variables(
        self,
        collector: &OtlpReceiver,
        interval: &str,
    ) -> Vec<(&'static str, String)> {
        match self {
            Self::Off => vec![("TELEMETRY_ENABLED", "false".to_owned())],
            Self::On => vec![
                ("TELEMETRY_ENABLED", "true".to_owned()),
                ("OTEL_METRICS_EXPORTER", "prometheus,otlp".to_owned()),
                ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()),
                ("METRICS_COLLECTION_INTERVAL", interval.to_owned()),
            ],
        }
    }
}

/// A running service, killed when it is dropped.
pub(crate) struct Service {
    child: Child,
    address: SocketAddr,
}

impl Service {
    /// Starts it and waits until it is ready.
    ///
    /// Many jobs run at the same time, because the trivial jobs wait for the timer of the runtime
    /// and not for a processor.
    pub(crate) fn start(variables: &[(&str, String)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_osapi"))
            .args(["--listen", "127.0.0.1:0", "--concurrency", "256"])
            .env_clear()
            .env("RUST_LOG", "warn")
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("osapi starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let jobs = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| line.trim().strip_prefix("API ").map(|url| url.trim().to_owned()));
        let jobs = jobs.expect("the address of the API");
        let address = jobs.trim_start_matches("http://").trim_end_matches("/jobs");
        let address = address.parse().expect("an address");
        // The rest of the output is read, so that the service never waits for a reader.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A thread that scrapes once a second until this is dropped.
pub(crate) struct Scraper {
    stopped: Arc<AtomicBool>,
    scrapes: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Scraper {
    pub(crate) fn start(address: SocketAddr) -> Self {
        let (stopped, scrapes) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let thread = thread::spawn({
            let (stopped, scrapes) = (Arc::clone(&stopped), Arc::clone(&scrapes));
            move || {
                let mut connection = Connection::open(address);
                while !stopped.load(Ordering::Relaxed) {
                    connection.scrape();
                    scrapes.fetch_add(1, Ordering::Relaxed);
                    thread::park_timeout(Duration::from_secs(1));
                }
            }
        });
        Self { stopped, scrapes, thread: Some(thread) }
    }

    /// The number of scrapes so far.
    pub(crate) fn scrapes(&self) -> usize {
        self.scrapes.load(Ordering::Relaxed)
    }
}

impl Drop for Scraper {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}
