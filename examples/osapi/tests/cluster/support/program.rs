//! One process of osapi.

use std::{
    io::{BufRead, BufReader},
    process::{Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
};

use osapi_metrics_tests::servers::ServerProcess;
use reqwest::Client;
use tempfile::TempDir;

use super::{PATIENCE, until};
use crate::support::samples::Samples;

/// The program.
const OSAPI: &str = env!("CARGO_BIN_EXE_osapi");

/// A running `osapi`, killed when it is dropped.
pub(crate) struct Program {
    process: ServerProcess,
    /// The base of its metrics and health, such as `http://127.0.0.1:9091`.
    base: String,
    http: Client,
    /// The last field, because the process has to end before the folder of its log is removed.
    _folder: TempDir,
}

impl Program {
    /// Starts it with these arguments and environment variables on a free port, and waits until it
    /// prints its addresses.
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = ServerProcess::command(OSAPI);
        command.args(arguments).envs(variables.iter().copied());
        Self::run(command, arguments)
    }

    /// As [`start`](Self::start), with at most this number of open files.
    pub(crate) fn start_with_files(files: u32, arguments: &[&str]) -> Self {
        let script = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
        let mut command = ServerProcess::command("sh");
        command.args(["-c", &script, OSAPI]).args(arguments);
        Self::run(command, arguments)
    }

    /// The error output of a start that fails.
    pub(crate) fn refused(arguments: &[&str]) -> String {
        let mut command = ServerProcess::command(OSAPI);
        let output = command.args(arguments).args(["--listen", "127.0.0.1:0"]).output();
        let output = output.expect("the program runs");
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn run(mut command: Command, arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        command.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let log =
            folder.path().join(format!("osapi {}.log", arguments.join(" ").replace('/', "_")));
        let mut process = ServerProcess::start(&mut command, log);
        let printed = lines(&mut process);
        let base = loop {
            match printed.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(health) = line.trim().strip_prefix("health ") {
                        let url = health.split_whitespace().next().expect("an address");
                        break url.trim_end_matches("/health").to_owned();
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    panic!("the program does not say that it is ready")
                }
                Err(RecvTimeoutError::Disconnected) => panic!("the program ended early"),
            }
        };
        Self { process, base, http: client(), _folder: folder }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address, such as `127.0.0.1:9091`.
    pub(crate) fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The end of its log.
    pub(crate) fn said(&self) -> String {
        self.process.said()
    }

    /// The samples of a scrape.
    pub(crate) async fn scrape(&self) -> Samples {
        let answer = self.http.get(self.url("/metrics")).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        Samples::new(answer.text().await.expect("a whole body"))
    }

    /// Status and body of `/health/ready`.
    pub(crate) async fn ready(&self) -> (u16, String) {
        let answer = self.http.get(self.url("/health/ready")).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a whole body"))
    }

    /// Status of `/health`.
    pub(crate) async fn alive(&self) -> u16 {
        let answer = self.http.get(self.url("/health")).send().await.expect("an answer");
        answer.status().as_u16()
    }

    /// Waits until it is ready for work.
    pub(crate) async fn is_ready(&self) {
        until("the program is ready", async || self.ready().await.0 == 200).await;
    }

    /// Kills it with SIGKILL and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    /// Sends it a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let sent = ServerProcess::command("kill")
            .args(["-s", name, &self.id().to_string()])
            .status()
            .expect("there is `kill`");
        assert!(sent.success(), "{sent}");
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
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
            // After the start there is no receiver.
            let _ = send.send(line);
        }
    });
    receive
}
