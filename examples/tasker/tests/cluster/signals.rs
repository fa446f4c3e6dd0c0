//! Signals end the program in order, whatever it does, and a private server leaves nothing behind.

use std::{
    fs::{self, Permissions},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use osapi_metrics_tests::servers::ServerProcess;
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Cluster, Program, Settings, database, signal, until};

/// The signals that ask for a stop.
const SIGNALS: [&str; 4] = ["TERM", "INT", "HUP", "QUIT"];

/// A start of the program that may never end.
struct Start {
    process: ServerProcess,
    log: PathBuf,
    /// Where the program has its temporary files.
    files: TempDir,
    _folder: TempDir,
}

impl Start {
    fn begin(arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let files = TempDir::new().expect("a temporary folder");
        // PostgreSQL may run as another user.
        let open = fs::set_permissions(files.path(), Permissions::from_mode(0o777));
        open.expect("an own folder");
        let mut command = ServerProcess::command_with_signals(env!("CARGO_BIN_EXE_tasker"));
        command.args(arguments).args(["--listen", "127.0.0.1:0"]).env("TMPDIR", files.path());
        let log = folder.path().join("tasker.log");
        let process = ServerProcess::start(command.stdout(Stdio::null()), log.clone());
        Self { process, log, files, _folder: folder }
    }

    /// Waits until it has logged this.
    async fn logs(&mut self, text: &str) {
        until(text, async || {
            let logged = self.log().contains(text);
            assert!(logged || self.process.ended().is_none(), "it ended early");
            logged
        })
        .await;
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).expect("a log")
    }

    /// Sends a signal, and checks that the program ends in order, with nothing left behind.
    async fn ends_at(mut self, name: &str) {
        signal(&self.process, name);
        until("the program ends", async || self.process.ended().is_some()).await;
        let status = self.process.ended().expect("it has ended");
        assert!(status.success(), "{name}: {status}\n{}", self.log());
        let left: Vec<_> = fs::read_dir(self.files.path()).expect("a folder").collect();
        assert!(left.is_empty(), "{name}: {left:?}");
    }
}

/// The folder of a private server whose URL the program has printed.
fn folder_of(program: &Program) -> PathBuf {
    let line = program.prints("  database ");
    let url = line.split_whitespace().nth(1).expect("a URL").trim_end_matches(',');
    let host = url.split(['@', ':']).nth(2).expect("a folder");
    let folder = PathBuf::from(host.replace("%2F", "/"));
    assert!(folder.is_dir(), "{line}");
    folder
}

async fn is_removed(folder: &Path) {
    until("the folder is removed", async || !folder.exists()).await;
}

/// A server that accepts connections and never says anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_a_start_that_waits_for_a_silent_database() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let place = silent.local_addr().expect("an address");
    let url = format!("postgres://me:secret@{place}/tasker");
    for name in SIGNALS {
        let mut start = Start::begin(&["--database", &url]);
        let waits = format!("the start waits for the database at {place}");
        start.logs(&waits).await;
        let log = start.log();
        assert_eq!(log.matches(&waits).count(), 1, "{log}");
        assert!(!log.contains("secret"), "{log}");
        start.ends_at(name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_start_of_a_private_server() {
    // Says which test is skipped where PostgreSQL is missing.
    if database().is_none() {
        return;
    }
    for name in SIGNALS {
        let mut start = Start::begin(&[]);
        start.logs("starting a private PostgreSQL").await;
        let files = start.files.path().to_owned();
        until("there are files", async || {
            fs::read_dir(&files).is_ok_and(|entries| entries.count() > 0)
        })
        .await;
        start.ends_at(name).await;
    }
}

/// The start of a newcomer: no database, and a private server that leaves nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_database_a_private_server_runs_until_the_end() {
    if database().is_none() {
        return;
    }
    for name in SIGNALS {
        let mut program = Program::without_database(&[], &Settings::quick());
        let folder = folder_of(&program);
        program.is_ready().await;
        let task = program.api().run("math.diamond", &json!({"number": 3})).await;
        assert_eq!(task["state"], "complete", "{task:#}");
        program.signal(name);
        assert!(program.ends().await.success(), "{name}");
        is_removed(&folder).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_interrupt_leaves_no_private_server_behind() {
    if database().is_none() {
        return;
    }
    for (name, code) in [("INT", 130), ("QUIT", 131)] {
        let mut program = Program::without_database(&["--grace", "1h"], &Settings::quick());
        let folder = folder_of(&program);
        program.is_ready().await;
        let id = program.api().submit("faults.wait", &json!({"millis": 60_000})).await;
        until("the step runs", async || {
            program.api().get(&id).await.1["steps"][0]["state"] == "in_progress"
        })
        .await;
        program.signal("TERM");
        until("it stops", async || program.log().contains("no more steps are taken")).await;
        program.signal(name);
        assert_eq!(program.ends().await.code(), Some(code), "{name}");
        is_removed(&folder).await;
    }
}

/// A look into a queue is no step, and needs no warning.
#[tokio::test(flavor = "multi_thread")]
async fn a_short_stop_warns_of_steps_only_where_some_run() {
    let settings = Settings::quick()
        .with("worker.poll_interval", "10ms")
        .with("orchestration.poll_interval", "10ms");
    let Some(database) = database() else { return };
    for grace in ["0s", "1s"] {
        let mut program = Program::start(&["--grace", grace], &database.url(), &settings);
        program.is_ready().await;
        assert!(program.terminate().await.success());
        let log = program.log();
        assert!(!log.contains("WARN"), "{log}");
    }
    let mut cluster = Cluster::of_parts(&[], settings.clone()).await.expect("it was there");
    let worker = ["worker", "--namespace", "faults", "--grace", "0s"];
    cluster.add_worker(&worker);
    cluster.api().submit("faults.wait", &json!({"millis": 60_000})).await;
    cluster.reaches("tasker_steps_active_executions", &[], 1.0).await;
    let worker = &mut cluster.workers[0];
    assert!(worker.terminate().await.success());
    let log = worker.log();
    assert!(log.contains("steps still run; other workers take them") && log.contains("steps=1"));
}
