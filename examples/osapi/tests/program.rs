//! The program as a user starts it: its output, its errors, and its stop.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write, pipe},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

/// The running program, killed when a test fails.
struct Program {
    child: Child,
    /// The lines that it has printed at its start.
    banner: Vec<String>,
    /// The address of its API, such as `http://127.0.0.1:8080`.
    base: String,
    http: reqwest::Client,
}

impl Program {
    fn start(args: &[&str]) -> Self {
        Self::start_with(args, Stdio::piped())
    }

    /// Starts it with another log.
    fn start_with(args: &[&str], log: Stdio) -> Self {
        Self::of(osapi(&[&["--listen", "127.0.0.1:0"], args].concat(), log))
    }

    /// Waits until it has started.
    fn of(mut child: Child) -> Self {
        let banner = read_banner(&mut child);
        let api = banner.iter().find_map(|line| line.trim().strip_prefix("API "));
        let base = api.expect("the address of the API").trim();
        let http = reqwest::Client::builder().no_proxy().build();
        Self {
            base: base.trim_end_matches("/jobs").to_owned(),
            child,
            banner,
            http: http.expect("a client without TLS"),
        }
    }

    async fn submit(&self, body: String) -> String {
        let request = self.http.post(format!("{}/jobs", self.base)).body(body);
        let request = request.header("content-type", "application/json");
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 202);
        let accepted: Value = answer.json().await.expect("valid JSON");
        accepted["id"].as_str().expect("an id").to_owned()
    }

    /// The record of a job, once it is over.
    fn finished(&self, id: &str) -> impl Future<Output = Value> + use<> {
        let request = self.http.get(format!("{}/jobs/{id}?wait=30s", self.base));
        async {
            let answer = request.send().await.expect("an answer");
            answer.json().await.expect("valid JSON")
        }
    }

    /// The body of an answer; `None` if there is no answer.
    async fn answer(&self, url: &str) -> Option<String> {
        self.http.get(url).send().await.ok()?.text().await.ok()
    }

    async fn scrape(&self) -> String {
        let answer = self.http.get(format!("{}/metrics", self.base)).send().await;
        answer.expect("an answer").text().await.expect("a whole body")
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args([name, &id]).status();
        assert!(status.expect("kill exists").success());
    }

    /// Waits for the end; fails unless it is a success.
    fn ended(mut self) {
        let status = self.child.wait().expect("waited");
        assert!(status.success(), "{status}: {}", rest(self.child.stderr.take()));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Without effect on a program that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn osapi(args: &[&str], log: Stdio) -> Child {
    Command::new(env!("CARGO_BIN_EXE_osapi"))
        .args(args)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the program starts")
}

/// Reads up to the line that shows the metrics, the last one printed at the start.
fn read_banner(child: &mut Child) -> Vec<String> {
    let stdout = child.stdout.as_mut().expect("piped");
    let mut lines = Vec::new();
    for line in BufReader::new(stdout).lines() {
        lines.push(line.expect("UTF-8"));
        if lines.last().is_some_and(|line| line.contains("| grep ")) {
            return lines;
        }
    }
    panic!("the program ended early: {}", rest(child.stderr.take()));
}

fn rest(stream: Option<impl Read>) -> String {
    let mut text = String::new();
    stream.expect("piped").read_to_string(&mut text).expect("UTF-8");
    text
}

#[cfg(unix)]
#[tokio::test]
async fn every_printed_line_submits_a_job() {
    let program = Program::start(&[]);
    let mut submitted = 0;
    for line in program.banner.iter().filter(|line| line.contains(" -d ")) {
        let words: Vec<_> = line.split('\'').collect();
        let [curl, header, " -d ", body, ""] = words[..] else {
            panic!("a line that a shell would read otherwise: {line}");
        };
        assert_eq!(curl, format!("  curl -s {}/jobs -H ", program.base));
        assert_eq!(header, "content-type: application/json");
        let id = program.submit(body.to_owned()).await;
        let record = program.finished(&id).await;
        assert!(record["duration_seconds"].is_number(), "{record}");
        submitted += 1;
    }
    assert_eq!(submitted, osapi::operations::OPERATIONS.len());
    let scrape = program.scrape().await;
    assert!(scrape.lines().any(|line| line == "osapi_agents_connected 1"), "{scrape}");
    program.signal("-INT");
    program.ended();
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_lets_jobs_finish_within_the_grace_period() {
    let program = Program::start(&["--grace", "5s"]);
    let wait = |millis: u64| json!({"operation": "wait", "args": {"millis": millis}}).to_string();
    let short = program.submit(wait(1_500)).await;
    let long = program.submit(wait(60_000)).await;
    let short = tokio::spawn(program.finished(&short));
    let long = tokio::spawn(program.finished(&long));
    // Both requests have to be open, or answered. The gauge of the service shows the open requests.
    let open = r#"http_server_active_requests{http_request_method="GET",url_scheme="http"} 2"#;
    let mut poll = tokio::time::interval(Duration::from_millis(5));
    let started = async {
        while !program.scrape().await.contains(open) && !short.is_finished() {
            poll.tick().await;
        }
    };
    let started = tokio::time::timeout(Duration::from_secs(20), started).await;
    started.expect("both requests are open");

    program.signal("-TERM");
    assert_eq!(short.await.expect("no panic")["status"], "completed");
    assert_eq!(long.await.expect("no panic")["status"], "cancelled");
    program.ended();
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_interrupt_ends_it_at_once() {
    let mut program = Program::start(&["--grace", "1h"]);
    let body = json!({"operation": "wait", "args": {"millis": 60_000}}).to_string();
    let id = program.submit(body).await;
    let mut poll = tokio::time::interval(Duration::from_millis(5));
    let url = format!("{}/jobs/{id}", program.base);
    let running = async {
        while !program.answer(&url).await.is_some_and(|job| job.contains("running")) {
            poll.tick().await;
        }
        program.signal("-INT");
        // The program has handled the first signal when it is no longer ready for jobs.
        let ready = format!("{}/health/ready", program.base);
        while !program.answer(&ready).await.is_some_and(|answer| answer.contains("unavailable")) {
            poll.tick().await;
        }
    };
    let running = tokio::time::timeout(Duration::from_secs(20), running).await;
    running.expect("the first interrupt is handled");

    program.signal("-INT");
    let status = program.child.wait().expect("waited");
    assert_eq!(status.code(), Some(130));
}

#[test]
fn a_taken_port_and_a_missing_configuration_are_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound").to_string();
    let missing = "/nonexistent/osapi.yaml";
    for (option, value) in [("--listen", address.as_str()), ("--config", missing)] {
        let mut child = osapi(&[option, value], Stdio::piped());
        let mut printed = String::new();
        let stdout = child.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut printed).expect("UTF-8");
        if !printed.is_empty() {
            child.kill().expect("killed");
            panic!("{option} {value} was accepted: {printed}");
        }
        let output = child.wait_with_output().expect("the program ends");
        assert_eq!(output.status.code(), Some(1), "{option}");
        let stderr = String::from_utf8(output.stderr).expect("UTF-8");
        let last = stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with("osapi: cannot "), "{stderr}");
        assert!(last.contains(value), "{stderr}");
    }
}

/// A log on a full disk, or behind a pipe that its reader has closed.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("a device"));
    let (reader, writer) = pipe().expect("a pipe");
    drop(reader);
    for log in [full(), writer.into()] {
        let mut program = Program::start_with(&[], log);
        let id = program.submit(r#"{"operation": "wait", "args": {"millis": 0}}"#.to_owned()).await;
        assert_eq!(program.finished(&id).await["status"], "completed");
        program.signal("-TERM");
        assert_eq!(program.child.wait().expect("waited").code(), Some(0));
    }
    // The reason of an error has no reader either. The exit status stays.
    let mut child = osapi(&["--config", "/nonexistent/osapi.yaml"], full());
    assert_eq!(child.wait().expect("waited").code(), Some(1));
}

/// A log in a file that has reached the limit of its size, `ulimit -f`.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_log_that_may_not_grow_stops_nothing() {
    let file = tempfile::tempfile().expect("a file");
    let child = Command::new("/bin/sh")
        .args(["-c", "ulimit -f 0; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_osapi")])
        .args(["--listen", "127.0.0.1:0"])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(file.try_clone().expect("a file"))
        .spawn();
    let mut program = Program::of(child.expect("a shell"));
    let id = program.submit(r#"{"operation": "wait", "args": {"millis": 0}}"#.to_owned()).await;
    assert_eq!(program.finished(&id).await["status"], "completed");
    program.signal("-TERM");
    assert_eq!(program.child.wait().expect("waited").code(), Some(0));
    assert_eq!(file.metadata().expect("a file").len(), 0);
}

/// A pipe whose reader is there and does not read, as a terminal that Ctrl-S has stopped.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_log_that_nobody_reads_stops_nothing() {
    let (reader, mut writer) = pipe().expect("a pipe");
    let log = writer.try_clone().expect("a pipe");
    // It waits until the reader is dropped, so that the pipe is full.
    let filling = thread::spawn(move || writer.write_all(&vec![b'x'; 16 << 20]));
    let mut program = Program::start_with(&[], log.into());
    let id = program.submit(r#"{"operation": "wait", "args": {"millis": 0}}"#.to_owned()).await;
    assert_eq!(program.finished(&id).await["status"], "completed");
    program.signal("-TERM");
    assert_eq!(program.child.wait().expect("waited").code(), Some(0));
    drop(reader);
    filling.join().expect("no panic").expect_err("no reader");
}

/// So is the text that it prints at its start.
#[cfg(target_os = "linux")]
#[test]
fn a_banner_that_nobody_reads_stops_nothing() {
    let (reader, mut writer) = pipe().expect("a pipe");
    let output = writer.try_clone().expect("a pipe");
    let filling = thread::spawn(move || writer.write_all(&vec![b'x'; 16 << 20]));
    let mut child = Command::new(env!("CARGO_BIN_EXE_osapi"))
        .args(["--listen", "127.0.0.1:0"])
        .env_clear()
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut log = BufReader::new(child.stderr.take().expect("piped")).lines();
    assert!(log.any(|line| line.expect("UTF-8").contains("the agent takes jobs")));
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill exists").success());
    assert_eq!(child.wait().expect("waited").code(), Some(0));
    drop(reader);
    filling.join().expect("no panic").expect_err("no reader");
}

/// The number of threads is that of the cores, whatever tokio's variable says.
#[tokio::test]
async fn a_mistake_in_the_number_of_threads_stops_nothing() {
    for number in ["0", "", "x", "99999999999"] {
        let child = Command::new(env!("CARGO_BIN_EXE_osapi"))
            .args(["--listen", "127.0.0.1:0"])
            .env_clear()
            .env("TOKIO_WORKER_THREADS", number)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let program = Program::of(child.expect("the program starts"));
        let health = format!("{}/health", program.base);
        assert!(program.answer(&health).await.is_some(), "{number}");
    }
}

/// What cannot be read is a failure, not nothing: with no file descriptor left, a node still has
/// memory, disks and processes.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_file_descriptors_readings_of_the_node_fail() {
    let program = Program::start(&[]);
    let id = program.submit(r#"{"operation": "wait", "args": {"millis": 0}}"#.to_owned()).await;
    assert_eq!(program.finished(&id).await["status"], "completed");

    // The connection of the client stays open. The limit is below what is open already.
    let id = program.child.id().to_string();
    let limited = Command::new("prlimit").args(["--pid", &id, "--nofile=3:"]).status();
    assert!(limited.expect("prlimit of util-linux").success());
    for operation in ["node.memory", "node.disk", "process.list", "node.load"] {
        let id = program.submit(json!({ "operation": operation }).to_string()).await;
        let record = program.finished(&id).await;
        assert_eq!(record["status"], "failed", "{record}");
        assert_eq!(record["error"]["code"], "system", "{record}");
        let message = record["error"]["message"].as_str().expect("a text");
        assert!(message.contains("Too many open files"), "{message}");
    }

    let limited = Command::new("prlimit").args(["--pid", &id, "--nofile=1024:"]).status();
    assert!(limited.expect("prlimit of util-linux").success());
    for operation in ["node.memory", "node.disk", "process.list", "node.load"] {
        let id = program.submit(json!({ "operation": operation }).to_string()).await;
        let record = program.finished(&id).await;
        assert_eq!(record["status"], "completed", "{record}");
    }
}
