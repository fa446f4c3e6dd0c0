//! The program around a service: its runtime, its exit code, what it prints.

use std::{
    fmt::Display,
    io::{self, Stderr, Write as _},
    panic::resume_unwind,
    pin::pin,
    process::ExitCode,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use tokio::{
    runtime,
    task::spawn_blocking,
    time::{interval, timeout},
};
use tracing::warn;

use crate::{patient_writer::PatientWriter, signals};

/// A part of a start that takes longer is noted in the log.
const NOTED: Duration = Duration::from_secs(1);

/// Runs a program on a runtime with all cores, until it returns.
///
/// An error is printed on standard error behind the name of the program, and makes the exit code 1.
/// The exit does not wait for a thread that hangs in a system call, such as a read from a dead
/// mount.
pub fn run<E>(name: &str, program: impl Future<Output = Result<(), E>>) -> ExitCode
where
    E: Display + From<io::Error>,
{
    run_to_code(name, async { program.await.map(|()| ExitCode::SUCCESS) })
}

/// As [`run`], for a program that has several exit codes.
pub fn run_to_code<E>(name: &str, program: impl Future<Output = Result<ExitCode, E>>) -> ExitCode
where
    E: Display + From<io::Error>,
{
    let result = match runtime() {
        Ok(runtime) => {
            let result = runtime.block_on(async {
                signals::receive_those_that_need_no_answer()?;
                program.await
            });
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            complain(&format_args!("{name}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// A runtime with a thread for each core.
///
/// Where the system does not start its threads, tokio would panic, and wait for those that it has
/// started. It would panic also for a mistake in `TOKIO_WORKER_THREADS`, which counts for nothing
/// here.
fn runtime() -> io::Result<runtime::Runtime> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // One more for what blocks its thread, and one for the program's own.
    let needed = cores + 2;
    check_threads(needed).map_err(|error| {
        let reason = format!("the system does not start {needed} threads for it: {error}");
        io::Error::new(error.kind(), reason)
    })?;
    runtime::Builder::new_multi_thread().worker_threads(cores).enable_all().build()
}

/// Checks that the process may have this many threads more at a time.
fn check_threads(number: usize) -> io::Result<()> {
    let mut threads = Vec::new();
    let mut start = || {
        let (end, ended) = mpsc::channel::<()>();
        let thread = thread::Builder::new().spawn(move || {
            // Until the other end is gone.
            let _ = ended.recv();
        })?;
        threads.push((end, thread));
        Ok(())
    };
    let started = (0..number).try_for_each(|_| start());
    for (end, thread) in threads {
        drop(end);
        // It has nothing to panic about.
        let _ = thread.join();
    }
    started
}

/// Prints a text on standard output that nobody depends on, such as how to use a service.
///
/// The reader may have closed the pipe after the first line, or not read: `print!` would panic, or
/// wait for ever.
pub fn print(text: &impl Display) {
    let _ = PatientWriter::new(io::stdout()).write(text.to_string().as_bytes());
}

/// Prints the result of a program on standard output. A reader that has closed the pipe has what it
/// wants.
///
/// # Errors
///
/// What was not written, such as to a full disk.
pub fn print_result(text: &impl Display) -> io::Result<()> {
    let mut output = io::stdout().lock();
    match write!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let reason = format!("standard output cannot be written: {error}");
            Err(io::Error::new(error.kind(), reason))
        }
        _ => Ok(()),
    }
}

/// Prints a line on standard error. Where it cannot be written, nobody can read it; `eprintln!`
/// would panic.
pub fn complain(text: &impl Display) {
    let _ = write_error(format!("{text}\n").as_bytes());
}

/// Writes whole lines on standard error.
pub(crate) fn write_error(lines: &[u8]) -> io::Result<()> {
    static ERROR: Mutex<Option<PatientWriter<Stderr>>> = Mutex::new(None);
    let mut error = ERROR.lock().unwrap_or_else(PoisonError::into_inner);
    error.get_or_insert_with(|| PatientWriter::new(io::stderr())).write(lines)
}

/// Runs what blocks its thread, such as the read of a configuration, on another thread.
///
/// The thread goes on when the future is dropped. The exit does not wait for it.
///
/// # Panics
///
/// With the panic of `work`.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => resume_unwind(error.into_panic()),
    }
}

/// Waits for a part of the start. A log of a start that takes long says once what it waits for,
/// such as `the database at db:5432`.
pub async fn awaited<T>(what: impl Display, part: impl Future<Output = T>) -> T {
    let mut part = pin!(part);
    if let Ok(done) = timeout(NOTED, &mut part).await {
        return done;
    }
    warn!("the start waits for {what}");
    part.await
}

/// Waits until the service is ready, for at most `limit`.
pub async fn ready_within(limit: Duration, is_ready: impl Fn() -> bool) {
    let ready = async {
        let mut checks = interval(Duration::from_millis(10));
        while !is_ready() {
            checks.tick().await;
        }
    };
    // A service that is not ready yet is started nevertheless.
    let _ = timeout(limit, ready).await;
}
