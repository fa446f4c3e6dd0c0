//! One process of tasker.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

use osapi_metrics_tests::servers::ServerProcess;
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;

use super::{Api, PATIENCE, Samples, Settings, until};

/// A running `tasker`, killed when it is dropped.
pub(crate) struct Program {
    process: ServerProcess,
    /// The base of its addresses, such as `http://127.0.0.1:8090`.
    base: String,
    printed: Receiver<String>,
    http: Client,
    log: PathBuf,
    /// The last field, because the process has to end before the folder of its log is removed.
    _folder: TempDir,
}

impl Program {
    /// Starts it with these arguments, and with a database and a configuration, on a free port.
    /// Waits until it prints its addresses.
    pub(crate) fn start(arguments: &[&str], database: &str, settings: &Settings) -> Self {
        let mut all = arguments.to_vec();
        all.extend(["--database", database]);
        Self::without_database(&all, settings)
    }

    /// As [`start`](Self::start), without a database in its arguments.
    pub(crate) fn without_database(arguments: &[&str], settings: &Settings) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let config = folder.path().join("tasker.toml");
        fs::write(&config, settings.to_string()).expect("a file in a temporary folder");
        let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
        command.args(arguments).args(["--listen", "127.0.0.1:0", "--config"]).arg(config);
        command.stdout(Stdio::piped());
        let log = folder.path().join("tasker.log");
        let mut process = ServerProcess::start(&mut command, log.clone());
        let printed = lines(&mut process);
        let base = String::new();
        let mut program = Self { process, base, printed, http: client(), log, _folder: folder };
        let health = program.prints("  health ");
        let url = health.split_whitespace().nth(1).expect("an address");
        url.trim_end_matches("/health").clone_into(&mut program.base);
        program
    }

    /// The next line that it prints which begins with this text.
    pub(crate) fn prints(&self, begin: &str) -> String {
        loop {
            let line = self.printed.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| panic!("no line with `{begin}`: {error}"));
            if line.starts_with(begin) {
                return line;
            }
        }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address of its metrics.
    pub(crate) fn address(&self) -> SocketAddr {
        self.base.trim_start_matches("http://").parse().expect("an address")
    }

    /// A client of its API.
    pub(crate) fn api(&self) -> Api {
        Api::new(self)
    }

    /// The samples of a scrape.
    pub(crate) async fn scrape(&self) -> Samples {
        let answer = self.http.get(self.url("/metrics")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        Samples::new(answer.text().await.expect("a whole body"))
    }

    /// The text of a scrape in `OpenMetrics`.
    pub(crate) async fn open_metrics(&self) -> String {
        let request = self.http.get(self.url("/metrics"));
        let request = request.header("accept", "application/openmetrics-text;version=1.0.0");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.text().await.expect("a whole body")
    }

    /// Status and body of `/health/detailed`.
    pub(crate) async fn health(&self) -> (u16, Value) {
        let answer = self.http.get(self.url("/health/detailed")).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("valid JSON"))
    }

    /// Waits until it is ready for work.
    pub(crate) async fn is_ready(&self) {
        until("the program is ready", async || {
            let answer = self.http.get(self.url("/health/ready")).send().await;
            answer.expect("an answer").status() == 200
        })
        .await;
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// Kills it with SIGKILL and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Sends it SIGTERM, and waits until it ends by itself.
    pub(crate) async fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ends().await
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        signal(&self.process, name);
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        until("the program ends", async || self.process.ended().is_some()).await;
        self.process.ended().expect("it has ended")
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(process: &ServerProcess, name: &str) {
    let id = process.id().to_string();
    let sent = ServerProcess::command("kill").args(["-s", name, &id]).status();
    let sent = sent.expect("there is `kill`");
    assert!(sent.success(), "{sent}");
}

/// A client with connections of its own.
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().build().expect("a client without TLS")
}

/// The lines that a process prints. A thread reads to the end, so that the process never waits for
/// a reader.
fn lines(process: &mut ServerProcess) -> Receiver<String> {
    let stdout = process.child().stdout.take().expect("piped");
    let (send, receive) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // A program that was dropped has no receiver.
            let _ = send.send(line);
        }
    });
    receive
}
