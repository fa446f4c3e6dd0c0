//! A process of job-queue that the measurement starts and ends.

use std::{
    env,
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{self, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant, SystemTime},
};

use tokio::{
    sync::oneshot,
    time::{interval, timeout},
};

use super::error::VerifyError;

/// A process with the API, two workers and a queue of its own. It is ended when it is dropped.
#[derive(Debug)]
pub(super) struct Child {
    name: &'static str,
    process: process::Child,
    /// The base of its addresses, such as `http://127.0.0.1:8070`.
    pub(super) base: String,
    /// When it was ready.
    pub(super) ready: SystemTime,
    log: PathBuf,
}

/// How long the start of a process may take.
const START_LIMIT: Duration = Duration::from_secs(60);

/// How long its stop may take before it is killed.
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// The time between two looks at a process that ends.
const LOOK: Duration = Duration::from_millis(10);

/// The lines of its log that an error shows.
const LOG_LINES: usize = 12;

/// The variables of the user that would change the metrics or the queue of the process.
const FOREIGN: [&str; 6] = ["DASH0_", "ENABLE_", "METRICS_", "OTEL_", "REDIS_", "TELEMETRY_"];

impl Child {
    /// Starts the program with these variables, on a free port, and waits until it is ready. Its
    /// log and its temporary files are in the folder.
    pub(super) async fn start(
        name: &'static str,
        program: &Path,
        variables: Vec<(&'static str, String)>,
        folder: &Path,
    ) -> Result<Self, VerifyError> {
        let folder = folder.join(name.replace(' ', "-"));
        fs::create_dir_all(&folder).map_err(VerifyError::Prepare)?;
        let log = folder.join("job-queue.log");
        let file = File::create(&log).map_err(VerifyError::Prepare)?;
        let mut command = command(program, &folder, variables);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(file);
        let mut process = command
            .spawn()
            .map_err(|cause| VerifyError::Start { program: program.to_owned(), cause })?;
        let printed = process.stdout.take();
        let ready = SystemTime::now();
        let mut child = Self { name, process, base: String::new(), ready, log };
        let base = timeout(START_LIMIT, base(printed)).await;
        child.ready = SystemTime::now();
        match base {
            Ok(Some(base)) => child.base = base,
            Ok(None) => {
                let status = child.end(Duration::from_secs(1)).await;
                return Err(VerifyError::ended(name, status?, child.log_end()));
            }
            Err(_) => {
                let reason = format!("was not ready within {START_LIMIT:?}");
                return Err(VerifyError::Process { name, reason, log: child.log_end() });
            }
        }
        Ok(child)
    }

    /// The process id.
    pub(super) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The error of something that failed: that the process has ended, if it has.
    pub(super) async fn explain(&mut self, error: VerifyError) -> VerifyError {
        // Its connections end a little before it does.
        match timeout(Duration::from_secs(1), self.ended()).await {
            Ok(Ok(status)) => VerifyError::ended(self.name, status, self.log_end()),
            _ => error,
        }
    }

    /// Stops it as a user does, with a last export, and waits for its end.
    pub(super) async fn stop(mut self) -> Result<(), VerifyError> {
        if let Ok(Some(status)) = self.process.try_wait() {
            return Err(VerifyError::ended(self.name, status, self.log_end()));
        }
        terminate(&mut self.process);
        let status = self.end(STOP_LIMIT).await?;
        if status.success() {
            return Ok(());
        }
        let reason = format!("did not stop in order ({status})");
        Err(VerifyError::Process { name: self.name, reason, log: self.log_end() })
    }

    /// Waits for the end, and kills the process after the limit.
    async fn end(&mut self, limit: Duration) -> Result<ExitStatus, VerifyError> {
        let ended = match timeout(limit, self.ended()).await {
            Ok(ended) => ended,
            Err(_) => self.process.kill().and_then(|()| self.process.wait()),
        };
        ended.map_err(|error| VerifyError::Process {
            name: self.name,
            reason: format!("cannot be waited for: {error}"),
            log: self.log_end(),
        })
    }

    /// Waits for the end.
    async fn ended(&mut self) -> io::Result<ExitStatus> {
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            if let Some(status) = self.process.try_wait()? {
                return Ok(status);
            }
        }
    }

    fn log_end(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        last_lines(&String::from_utf8_lossy(&log))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let begin = Instant::now();
        if matches!(self.process.try_wait(), Ok(None)) {
            terminate(&mut self.process);
        }
        while matches!(self.process.try_wait(), Ok(None)) {
            if begin.elapsed() > STOP_LIMIT {
                let _ = self.process.kill();
                let _ = self.process.wait();
                return;
            }
            thread::sleep(LOOK);
        }
    }
}

fn command(program: &Path, folder: &Path, variables: Vec<(&'static str, String)>) -> Command {
    let mut command = Command::new(program);
    command.args(["--listen", "127.0.0.1:0", "--grace", "8s"]);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if FOREIGN.iter().any(|foreign| text.starts_with(foreign)) {
            command.env_remove(&name);
        }
    }
    command.env("TMPDIR", folder).envs(variables);
    // An interrupt of the terminal is for the measurement, which ends its processes then.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// The base of the addresses that the process prints; `None` if it prints none. A thread reads to
/// the end, so that the process never waits for a reader.
async fn base(printed: Option<ChildStdout>) -> Option<String> {
    let printed = BufReader::new(printed?);
    let (send, receive) = oneshot::channel();
    let read = move || {
        let mut send = Some(send);
        for line in printed.lines().map_while(Result::ok) {
            let base = line.trim().strip_prefix("health ").and_then(base_of);
            if let Some((base, send)) = base.and_then(|base| Some((base, send.take()?))) {
                // Nobody waits for it any more if the measurement has ended.
                let _ = send.send(base);
            }
        }
    };
    thread::Builder::new().name("verify-stdout".to_owned()).spawn(read).ok()?;
    receive.await.ok()
}

/// The base of the first address of a text.
fn base_of(addresses: &str) -> Option<String> {
    let first = addresses.split_whitespace().next()?;
    Some(first.strip_suffix("/health")?.to_owned())
}

#[cfg(unix)]
fn terminate(process: &mut process::Child) {
    use rustix::process::{Pid, Signal, kill_process};
    // The process id is not that of another process before the end is seen.
    let _ = kill_process(Pid::from_child(process), Signal::TERM);
}

#[cfg(not(unix))]
fn terminate(process: &mut process::Child) {
    let _ = process.kill();
}

fn last_lines(log: &str) -> String {
    let lines: Vec<_> = log.lines().collect();
    let last = lines.split_at(lines.len().saturating_sub(LOG_LINES)).1;
    if last.is_empty() { "  (empty)".to_owned() } else { format!("  {}", last.join("\n  ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_the_one_of_the_first_address() {
        let line = "http://127.0.0.1:81/health  http://127.0.0.1:81/health/ready";
        assert_eq!(base_of(line).as_deref(), Some("http://127.0.0.1:81"));
        assert_eq!(base_of("elsewhere"), None);
    }

    #[test]
    fn an_error_shows_the_end_of_a_log() {
        let log: Vec<_> = (0..30).map(|line| format!("line {line}")).collect();
        let end = last_lines(&log.join("\n"));
        assert_eq!(end.lines().count(), LOG_LINES);
        assert!(end.starts_with("  line 18\n") && end.ends_with("\n  line 29"), "{end}");
        assert_eq!(last_lines(""), "  (empty)");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_program_that_cannot_run_is_an_error_with_its_log() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let absent = folder.path().join("absent");
        let start = async |program| Child::start("a", program, Vec::new(), folder.path()).await;
        let error = start(&absent).await.unwrap_err().to_string();
        assert!(error.contains("/absent` cannot be started: "), "{error}");
        let program = folder.path().join("program");
        fs::write(&program, "#!/bin/sh\necho no port >&2\nexit 3\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let error = start(&program).await.unwrap_err().to_string();
        let expected =
            "the process a has ended early (exit status: 3); the end of its log:\n  no port";
        assert_eq!(error, expected);
    }
}
