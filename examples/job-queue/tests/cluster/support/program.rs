//! One process of job-queue.

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
use tempfile::TempDir;

use super::{Api, PATIENCE, Samples, until};

/// A running `job-queue`, killed when it is dropped.
pub(crate) struct Program {
    process: ServerProcess,
    /// The base of its addresses, such as `http://127.0.0.1:8070`.
    base: String,
    printed: Receiver<String>,
    http: Client,
    log: PathBuf,
    /// The last field, because the process has to end before the folder of its log is removed.
    _folder: TempDir,
}

impl Program {
    /// Starts it with these arguments and variables, on a free port. Waits until it prints its
    /// addresses.
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_job-queue"));
        command.args(arguments).args(["--listen", "127.0.0.1:0"]);
        command.env("TMPDIR", folder.path());
        command.envs(variables.iter().copied());
        command.stdout(Stdio::piped());
        let log = folder.path().join("job-queue.log");
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
    fn prints(&self, begin: &str) -> String {
        loop {
            let line = self.printed.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|error| {
                panic!("no line with `{begin}`: {error}\n{}", self.log());
            });
            if line.starts_with(begin) {
                return line;
            }
        }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Its address.
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

    /// Whether it is ready for work.
    pub(crate) async fn ready(&self) -> bool {
        let answer = self.http.get(self.url("/health/ready")).send().await;
        answer.expect("an answer").status() == 200
    }

    /// Status and body of `/health/ready`.
    pub(crate) async fn health(&self) -> (u16, String) {
        let answer = self.http.get(self.url("/health/ready")).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a whole body"))
    }

    /// Waits until it is ready for work.
    pub(crate) async fn is_ready(&self) {
        until("the program is ready", async || self.ready().await).await;
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// The memory that it has, in KiB, where Linux shows it.
    pub(crate) fn resident_kib(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        resident.split_whitespace().next()?.parse().ok()
    }

    /// Kills it with SIGKILL and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Sends it SIGTERM, and waits until it ends by itself.
    pub(crate) async fn terminate(&mut self) -> ExitStatus {
        let sent = ServerProcess::command("kill")
            .args(["-s", "TERM", &self.process.id().to_string()])
            .status()
            .expect("there is `kill`");
        assert!(sent.success(), "{sent}");
        until("the program ends", async || self.process.ended().is_some()).await;
        self.process.ended().expect("it has ended")
    }
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
