//! One process of tasker, as a user starts it.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{ChildStdout, Output, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::Duration,
};

use osapi_metrics_tests::servers::ServerProcess;
use tempfile::TempDir;

/// The longest time that a test waits for a condition.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running `tasker`, killed when it is dropped.
pub(crate) struct Program {
    /// The base of its addresses, such as `http://127.0.0.1:8090`.
    base: String,
    _process: ServerProcess,
    log: PathBuf,
    /// The last field, because the process has to end before the folder of its log is removed.
    _folder: TempDir,
}

impl Program {
    /// Starts it with these arguments on a free port, and waits until it has printed its banner.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
        command.args(arguments).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
        let log = folder.path().join("tasker.log");
        let mut process = ServerProcess::start(&mut command, log.clone());
        let printed = lines(process.child().stdout.take().expect("piped"));
        let base = loop {
            match printed.recv_timeout(PATIENCE) {
                Ok(line) => {
                    if let Some(health) = line.trim().strip_prefix("health ") {
                        let url = health.split_whitespace().next().expect("an address");
                        break url.trim_end_matches("/health").to_owned();
                    }
                }
                Err(RecvTimeoutError::Timeout) => panic!("the program does not become ready"),
                Err(RecvTimeoutError::Disconnected) => panic!("the program ended early"),
            }
        };
        Self { base, _process: process, log, _folder: folder }
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The address, such as `127.0.0.1:8090`.
    pub(crate) fn address(&self) -> String {
        self.url("").trim_start_matches("http://").to_owned()
    }

    /// The file with its log.
    pub(crate) fn log(&self) -> &str {
        self.log.to_str().expect("a temporary folder")
    }
}

/// Runs `tasker` to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    let mut command = ServerProcess::command(env!("CARGO_BIN_EXE_tasker"));
    let command = command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(Stdio::piped()).output().expect("the program starts")
}

/// The lines that a process prints. A thread reads to the end, so that the process never waits for
/// a reader.
fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (send, receive) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Behind the banner there is no receiver.
            let _ = send.send(line);
        }
    });
    receive
}
