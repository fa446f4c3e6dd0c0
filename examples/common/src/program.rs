//! The program around a service: its runtime, its exit code, what it prints.

use std::{
    fmt::Display,
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use tokio::{
    runtime,
    time::{interval, timeout},
};

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
    let result = match runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let result = runtime.block_on(program);
            runtime.shutdown_background();
            result
        }
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a text on standard output.
///
/// The reader may have closed the pipe after the first line. `print!` would panic then.
pub fn print(text: &impl Display) {
    let _ = write!(io::stdout(), "{text}");
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
