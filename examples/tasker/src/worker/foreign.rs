//! The handler thread: runs external programs, and sends their completions back through a bounded
//! channel, as a runtime of another language behind a foreign function interface does.
//!
//! ```text
//! step ──► requests ──► handler thread: the program
//!   ▲                        │ breaker ffi_completion
//!   └── dispatcher ◄── completions
//! ```
//!
//! A step holds a place for its completion until its result is submitted. Where results cannot be
//! submitted, the dispatcher waits for a place, and then the thread for room in the channel.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use humantime::format_duration;
use osapi_metrics::instrumentation::{
    channel::{self, Sender},
    circuit_breaker::CircuitBreaker,
};
use tokio::{
    runtime::Handle,
    sync::{
        OwnedSemaphorePermit, Semaphore,
        mpsc::{Receiver, error::SendTimeoutError},
        oneshot,
    },
};
use tracing::{error, warn};

/// The most bytes of a program's output that are kept.
const MAX_OUTPUT: u64 = 64 * 1024;

/// How often the thread looks whether the program has ended, and whether it may send again.
const LOOK: Duration = Duration::from_millis(5);

/// How the handler thread works.
#[derive(Clone, Debug)]
pub struct ForeignOptions {
    /// The requests that can wait for the thread, the completions that can wait for the dispatcher,
    /// and the completions whose results can wait to be submitted.
    pub capacity: usize,
    /// The longest time that a program may take.
    pub timeout: Duration,
    /// The longest time that a completion may wait for room, after which it counts as a failure of
    /// the dispatcher.
    pub send_timeout: Duration,
}

impl Default for ForeignOptions {
    fn default() -> Self {
        Self {
            capacity: 100,
            timeout: Duration::from_secs(20),
            send_timeout: Duration::from_secs(1),
        }
    }
}

/// Why an external program did not give a result.
#[derive(Debug, thiserror::Error)]
pub enum ForeignError {
    /// The program could not be started.
    #[error("`{program}` cannot be started: {cause}")]
    Start {
        /// The name of the program.
        program: String,
        /// The error of the operating system.
        cause: std::io::Error,
    },
    /// The program reported a failure.
    #[error("`{program}` failed: {said}")]
    Failed {
        /// The name of the program.
        program: String,
        /// What it printed as an error.
        said: String,
    },
    /// The program took too long.
    #[error("`{program}` took longer than {}", format_duration(*.limit))]
    TimedOut {
        /// The name of the program.
        program: String,
        /// The longest time that it may take.
        limit: Duration,
    },
    /// The process stops.
    #[error("the handler thread has ended")]
    Ended,
}

#[derive(Debug)]
struct Request {
    id: u64,
    program: String,
    file: PathBuf,
}

#[derive(Debug)]
struct Completion {
    id: u64,
    result: Result<String, ForeignError>,
}

/// What a program printed, with the place of its completion.
#[derive(Debug)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// To be dropped when the result of the step is submitted.
    pub place: CompletionPlace,
}

/// A place for a completion whose result is not submitted yet.
#[derive(Debug)]
pub struct CompletionPlace(
    #[expect(dead_code, reason = "its drop frees the place")] OwnedSemaphorePermit,
);

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Printed, ForeignError>>>>>;

/// The handler thread of a process.
#[derive(Clone, Debug)]
pub struct ForeignHandlers {
    requests: Sender<Request>,
    completions: Sender<Completion>,
    waiting: Waiting,
    next: Arc<AtomicU64>,
}

impl ForeignHandlers {
    /// Starts the thread, and the dispatcher on the current tokio runtime. Both end when the last
    /// clone is dropped.
    ///
    /// # Errors
    /// The operating system refuses a thread.
    pub fn start(
        options: &ForeignOptions,
        breaker: CircuitBreaker,
    ) -> Result<Self, std::io::Error> {
        let (requests, received) = channel::channel(options.capacity, "ffi_requests");
        let (completions, completed) = channel::channel(options.capacity, "ffi_completions");
        let handler_thread = HandlerThread {
            completions: completions.clone(),
            options: options.clone(),
            breaker,
            runtime: Handle::current(),
        };
        thread::Builder::new()
            .name("tasker-handlers".to_owned())
            .spawn(move || handler_thread.run(received))?;
        let waiting = Waiting::default();
        let places = Arc::new(Semaphore::new(options.capacity));
        tokio::spawn(dispatch(completed, places, Arc::clone(&waiting)));
        Ok(Self { requests, completions, waiting, next: Arc::default() })
    }

    /// Runs a program on one file, and returns what it printed.
    ///
    /// # Errors
    /// The program could not be started, failed, or took too long.
    pub async fn run(&self, program: &str, file: &Path) -> Result<Printed, ForeignError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (done, result) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).insert(id, done);
        // Also when the step is cancelled.
        let _entry = WaitingEntry { id, waiting: &self.waiting };
        let request = Request { id, program: program.to_owned(), file: file.to_owned() };
        self.requests.send(request).await.map_err(|_| ForeignError::Ended)?;
        result.await.unwrap_or(Err(ForeignError::Ended))
    }

    /// The share of the capacity that completions use, from 0 to 1.
    pub fn channel_saturation(&self) -> f64 {
        crate::orchestration::saturation(&self.completions)
    }
}

struct WaitingEntry<'a> {
    id: u64,
    waiting: &'a Waiting,
}

impl Drop for WaitingEntry<'_> {
    fn drop(&mut self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// Gives completions to the steps that wait for them, each with a place.
async fn dispatch(mut completed: Receiver<Completion>, places: Arc<Semaphore>, waiting: Waiting) {
    while let Some(Completion { id, result }) = completed.recv().await {
        // Nobody closes the semaphore.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let done = waiting.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        if let Some(done) = done {
            // Nobody waits any more for the program of a step that was cancelled.
            let _ = done.send(result.map(|text| Printed { text, place: CompletionPlace(place) }));
        }
    }
}

struct HandlerThread {
    completions: Sender<Completion>,
    options: ForeignOptions,
    breaker: CircuitBreaker,
    /// Its clock ends the wait for room in the channel.
    runtime: Handle,
}

impl HandlerThread {
    fn run(self, mut requests: Receiver<Request>) {
        while let Some(Request { id, program, file }) = requests.blocking_recv() {
            let result = run_program(&program, &file, self.options.timeout);
            if !self.complete(Completion { id, result }) {
                return;
            }
        }
    }

    /// Sends a completion: through the breaker, so that a dispatcher that does not keep up is seen,
    /// and again until it is sent, so that no step is lost. Returns whether anybody receives.
    fn complete(&self, completion: Completion) -> bool {
        let mut completion = completion;
        loop {
            let call = match self.breaker.try_begin() {
                Ok(call) => call,
                Err(open) => {
                    thread::sleep(open.retry_after().unwrap_or(LOOK).max(LOOK));
                    continue;
                }
            };
            let sending = self.completions.send_timeout(completion, self.options.send_timeout);
            completion = match self.runtime.block_on(sending) {
                Ok(()) => {
                    call.success();
                    return true;
                }
                Err(SendTimeoutError::Closed(_)) => return false,
                Err(SendTimeoutError::Timeout(unsent)) => unsent,
            };
            warn!("completions are not taken; the handler thread waits");
            call.failure();
        }
    }
}

/// Runs a program on a file to its end, with an empty standard input.
fn run_program(program: &str, file: &Path, limit: Duration) -> Result<String, ForeignError> {
    let mut child = Command::new(program)
        .arg(&*operand(file))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| ForeignError::Start { program: program.to_owned(), cause })?;
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if begun.elapsed() < limit => thread::sleep(LOOK),
            Ok(None) | Err(_) => break None,
        }
    };
    let Some(status) = status else {
        // Fails for a program that has just ended.
        let _ = child.kill();
        let _ = child.wait();
        return Err(ForeignError::TimedOut { program: program.to_owned(), limit });
    };
    if status.success() {
        return Ok(read(child.stdout.take()));
    }
    error!(program, %status, "an external program has failed");
    Err(ForeignError::Failed { program: program.to_owned(), said: read(child.stderr.take()) })
}

/// The path as an argument that no program takes for an option, nor for its standard input, as many
/// do with `-`.
fn operand(file: &Path) -> Cow<'_, Path> {
    if file.as_os_str().as_encoded_bytes().starts_with(b"-") {
        Path::new(".").join(file).into()
    } else {
        file.into()
    }
}

fn read(output: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(output) = output {
        // What was read before a failure is shown.
        let _ = output.take(MAX_OUTPUT).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use osapi_metrics::{
        instrumentation::circuit_breaker::{BreakerState, CircuitBreakerOptions},
        testing::capture_async,
    };

    use super::*;
    use crate::metrics::FfiBreakerMetrics;

    fn breaker(open_for: Duration) -> CircuitBreaker {
        let options = CircuitBreakerOptions::default()
            .with_failure_threshold(NonZeroU32::MIN)
            .with_open_for(open_for)
            .with_slow_call(Duration::from_millis(1));
        CircuitBreaker::new_in::<FfiBreakerMetrics>(&(), options)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_program_prints_its_result_or_fails() {
        let breaker = breaker(Duration::from_mins(1));
        let handlers = ForeignHandlers::start(&ForeignOptions::default(), breaker).unwrap();
        assert_eq!(handlers.run("echo", Path::new("hello")).await.unwrap().text, "hello");
        let failed = handlers.run("ls", Path::new("/no/such/file")).await.unwrap_err();
        assert!(matches!(failed, ForeignError::Failed { .. }), "{failed}");
        // Neither options nor the standard input.
        for file in ["-", "--help", "-n"] {
            let printed = handlers.run("echo", Path::new(file)).await.unwrap().text;
            assert_eq!(printed, format!("./{file}"));
            let failed = handlers.run("cksum", Path::new(file)).await.unwrap_err();
            assert!(matches!(failed, ForeignError::Failed { .. }), "{file}: {failed}");
        }
        let missing = handlers.run("no-such-program", Path::new("")).await.unwrap_err();
        assert!(matches!(missing, ForeignError::Start { .. }), "{missing}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_program_that_takes_too_long_is_ended() {
        let options =
            ForeignOptions { timeout: Duration::from_millis(50), ..ForeignOptions::default() };
        let handlers = ForeignHandlers::start(&options, breaker(Duration::ZERO)).unwrap();
        let ended = handlers.run("tail", Path::new("/dev/zero")).await.unwrap_err();
        assert!(matches!(ended, ForeignError::TimedOut { .. }), "{ended}");
    }

    /// A step holds its place at first: sends are slow, the breaker opens and rejects, and every
    /// completion arrives when the place is free again.
    #[tokio::test(flavor = "multi_thread")]
    async fn results_that_are_not_submitted_open_the_breaker_and_no_completion_is_lost() {
        let captured = capture_async(async {
            let breaker = breaker(Duration::from_millis(20));
            let options = ForeignOptions {
                capacity: 1,
                send_timeout: Duration::from_millis(5),
                ..ForeignOptions::default()
            };
            let handlers = ForeignHandlers::start(&options, breaker.clone()).unwrap();
            let first = handlers.run("echo", Path::new("x")).await.unwrap();
            let runs = [1, 2, 3].map(|_| {
                let handlers = handlers.clone();
                tokio::spawn(
                    async move { handlers.run("echo", Path::new("x")).await.map(|it| it.text) },
                )
            });
            while breaker.state() == BreakerState::Closed {
                tokio::task::yield_now().await;
            }
            drop(first);
            for run in runs {
                assert_eq!(run.await.unwrap().unwrap(), "x");
            }
        })
        .await;
        assert!(captured.counter("ffi_completion_slow_sends_total", &[]) >= 1);
        assert!(captured.counter("ffi_completion_circuit_open_rejections_total", &[]) >= 1);
    }
}
