//! Servers of the real world, where they are installed: each on a free port of the loopback interface, with a folder of
//! its own, ended when the test is.
//!
//! Where a server is not installed the test that wants it says so in one line and does nothing.
//! `OSAPI_REQUIRE_SERVERS=1` makes that a failure.

use std::{
    env,
    io::{self, BufRead, BufReader, ErrorKind, Write},
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// The most that a test waits for a server.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running `nats-server` with `JetStream`. Dropping it kills it and deletes what it stored.
#[derive(Debug)]
pub struct NatsServer {
    process: Child,
    address: SocketAddr,
    store: TempDir,
}

/// Starts a `nats-server`. `None` where there is none.
///
/// # Panics
///
/// If there is none and `OSAPI_REQUIRE_SERVERS=1`, or if it does not become ready.
pub fn nats() -> Option<NatsServer> {
    let store = TempDir::new().expect("there is room for a folder");
    let Some(process) = run("nats-server", &NatsServer::arguments(&store, None)) else {
        return skip("nats-server");
    };
    let (process, ready) = NatsServer::await_ready(process);
    let address = ready.expect("nats-server becomes ready");
    Some(NatsServer { process, address, store })
}

impl NatsServer {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client connects to.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// Ends it at once, as a crash does. What it stored stays.
    pub fn kill(&mut self) {
        // One that has ended already is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Starts it again, on the same port and with what it stored, after [`kill`](Self::kill).
    ///
    /// # Panics
    ///
    /// If it does not become ready.
    pub fn start_again(&mut self) {
        self.kill();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let arguments = Self::arguments(&self.store, Some(self.address.port()));
            let process = run("nats-server", &arguments).expect("nats-server was here before");
            let (process, ready) = Self::await_ready(process);
            self.process = process;
            if ready.is_some() {
                return;
            }
            // Somebody's outgoing connection may have the port for a moment.
            assert!(Instant::now() < deadline, "nats-server does not start again");
            self.kill();
        }
    }

    fn arguments(store: &TempDir, port: Option<u16>) -> Vec<String> {
        let port = port.map_or_else(|| "-1".to_owned(), |port| port.to_string());
        let store = store.path().to_str().expect("the folder's name is text");
        ["-a", "127.0.0.1", "-p", &port, "-js", "-sd", store].map(str::to_owned).to_vec()
    }

    /// Reads what it says until it is ready. `None` if it ends before that.
    fn await_ready(mut process: Child) -> (Child, Option<SocketAddr>) {
        const LISTENING: &str = "Listening for client connections on ";
        let lines = lines(&mut process);
        let deadline = Instant::now() + PATIENCE;
        let mut address = None;
        while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            if let Some((_, listening)) = line.split_once(LISTENING) {
                let (_, port) = listening.rsplit_once(':').expect("an address has a port");
                let port: u16 = port.trim().parse().expect("a port is a number");
                address = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
            } else if line.contains("Server is ready") {
                return (process, address);
            }
        }
        (process, None)
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Says in one line that a test does nothing for want of this program.
///
/// # Panics
///
/// If `OSAPI_REQUIRE_SERVERS=1`.
pub fn skip<T>(program: &str) -> Option<T> {
    let required = env::var_os("OSAPI_REQUIRE_SERVERS").is_some_and(|required| required == "1");
    assert!(!required, "there is no {program}");
    // Not `eprintln!`, whose output is only shown for tests that fail.
    let test = thread::current().name().unwrap_or("a test").to_owned();
    let _ = writeln!(io::stderr(), "servers: {test} is skipped, there is no {program}");
    None
}

/// Starts a program whose errors can be read. `None` where it is not installed. Debian keeps servers where the `PATH` of
/// ordinary users does not lead.
fn run(program: &str, arguments: &[String]) -> Option<Child> {
    for program in [program.to_owned(), format!("/usr/sbin/{program}")] {
        let mut command = Command::new(&program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        match command.spawn() {
            Ok(process) => return Some(process),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => panic!("{program} cannot be run: {error}"),
        }
    }
    None
}

/// The lines that it writes to its standard error. They are read to the end, lest it waits for a reader.
fn lines(process: &mut Child) -> Receiver<String> {
    let errors = BufReader::new(process.stderr.take().expect("it is piped"));
    let (line, lines) = channel();
    thread::spawn(move || {
        for text in errors.lines().map_while(Result::ok) {
            let _ = line.send(text);
        }
    });
    lines
}
