//! The program `nats-server`.

use std::{
    fs,
    io::Read,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use tempfile::TempDir;

use super::{ServerProcess, wait};

/// A NATS server with `JetStream` on a free port. Its streams are in a temporary folder and survive
/// [`kill`](Self::kill).
#[derive(Debug)]
pub struct NatsServer {
    program: PathBuf,
    arguments: Vec<String>,
    address: SocketAddr,
    process: ServerProcess,
    /// The last field, so that the server ends before its folder is removed.
    folder: TempDir,
}

impl NatsServer {
    pub(super) fn start(program: PathBuf, arguments: &[&str]) -> Self {
        let arguments: Vec<_> = arguments.iter().copied().map(str::to_owned).collect();
        let folder = TempDir::new().expect("a temporary folder");
        let mut process = spawn(&program, &arguments, folder.path(), -1);
        let ports = folder.path().join(format!("nats-server_{}.ports", process.id()));
        let address = wait("nats-server reports its port", || {
            assert_eq!(process.ended(), None, "nats-server does not start");
            address(&fs::read_to_string(&ports).ok()?)
        });
        let server = Self { program, arguments, address, process, folder };
        wait("nats-server greets", || server.greets().then_some(()));
        server
    }

    /// The address at which the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL for clients, such as `nats://127.0.0.1:4222`.
    pub fn url(&self) -> String {
        format!("nats://{}", self.address)
    }

    /// The folder of a stream.
    pub fn stream(&self, name: &str) -> PathBuf {
        self.folder.path().join("streams/jetstream/$G/streams").join(name)
    }

    /// Kills the server with SIGKILL: the port is closed when this method returns.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Ends the server with SIGTERM and waits until it has stored everything.
    ///
    /// # Panics
    ///
    /// If there is no `kill`, or the server does not end within a minute.
    pub fn stop(&mut self) {
        self.signal("TERM");
        wait("nats-server ends", || self.process.ended());
    }

    /// Sends the server a signal: `STOP` makes it silent until `CONT`.
    ///
    /// # Panics
    ///
    /// If there is no `kill`.
    pub fn signal(&self, name: &str) {
        let process = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &process]).status();
        assert!(sent.expect("there is `kill`").success());
    }

    /// Starts the server again after [`kill`](Self::kill), on the same port and with the streams
    /// that it had, and waits until it serves clients.
    ///
    /// # Panics
    ///
    /// If the server does not start within a minute.
    pub fn start_again(&mut self) {
        self.kill();
        self.process =
            spawn(&self.program, &self.arguments, self.folder.path(), self.address.port().into());
        wait("nats-server serves again", || {
            if self.process.ended().is_some() {
                // The system may have given the port to a connection for a moment.
                let port = self.address.port().into();
                self.process = spawn(&self.program, &self.arguments, self.folder.path(), port);
            }
            self.greets().then_some(())
        });
    }

    /// Whether the server sends its greeting, which it sends to every client that it can serve.
    fn greets(&self) -> bool {
        let mut greeting = [0; 4];
        TcpStream::connect(self.address)
            .and_then(|mut stream| {
                stream.set_read_timeout(Some(Duration::from_secs(1)))?;
                stream.read_exact(&mut greeting)
            })
            .is_ok_and(|()| &greeting == b"INFO")
    }
}

/// Starts the server at a port; -1 stands for a free port.
fn spawn(program: &Path, arguments: &[String], folder: &Path, port: i32) -> ServerProcess {
    let mut command = ServerProcess::command(program);
    command
        .args(["--jetstream", "--addr", &Ipv4Addr::LOCALHOST.to_string()])
        .args(["--port", &port.to_string()])
        .arg("--store_dir")
        .arg(folder.join("streams"))
        .arg("--ports_file_dir")
        .arg(folder)
        .args(arguments);
    ServerProcess::start(&mut command, folder.join("nats-server.log"))
}

/// Parses `{"nats":["nats://127.0.0.1:35281"]}`.
fn address(ports: &str) -> Option<SocketAddr> {
    let ports: serde_json::Value = serde_json::from_str(ports).ok()?;
    ports["nats"][0].as_str()?.strip_prefix("nats://")?.parse().ok()
}
