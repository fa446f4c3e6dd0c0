//! `osapi`: starts the service and prints how to use it.

mod args;
mod banner;
mod signals;

use std::{
    error::Error,
    io::{self, Write as _},
    pin::pin,
    process::{self, ExitCode},
    time::Duration,
};

use clap::Parser;
use osapi::app::App;
use osapi_metrics::config::Environment;
use tokio::time::{interval, timeout};
use tracing::warn;
use tracing_subscriber::EnvFilter;

use args::CommandLine;
use banner::Banner;
use signals::Signals;

/// The exit code that a shell reports for a program that SIGINT ended: 128 + 2.
const EXIT_INTERRUPTED: i32 = 130;

/// How long a new process waits for its broker before it prints that the broker is away.
const CONNECT_TIME: Duration = Duration::from_secs(1);

/// The log filter without `RUST_LOG`. The NATS client logs each try to connect, the broker logs
/// only the changes.
const DEFAULT_LOG_FILTER: &str = "info,async_nats=off";

fn main() -> ExitCode {
    let args = CommandLine::parse();
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| DEFAULT_LOG_FILTER.into()),
        )
        .init();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| {
            let result = runtime.block_on(run(args));
            // The exit does not wait for a thread that hangs in a system call, such as a read from
            // a dead mount.
            runtime.shutdown_background();
            result
        });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("osapi: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the service until a signal, then stops it; a second interrupt stops it at once.
async fn run(args: CommandLine) -> Result<(), Box<dyn Error>> {
    let grace = args.grace();
    let mut signals = Signals::listen()?;
    let app = App::start(args.into_options(&Environment::process())?).await?;
    // The banner shows a broker that is still away.
    let _ = timeout(CONNECT_TIME, connected(&app)).await;
    // Not `print!`, which panics when the reader closes the pipe after the first line.
    let _ = write!(io::stdout(), "{}", Banner(&app));
    signals.stop_requested().await;
    let mut stop = pin!(app.stop(grace));
    tokio::select! {
        () = &mut stop => Ok(()),
        () = signals.interrupted() => {
            warn!("interrupted again: stopping at once");
            // Without a drop of the service, which would wait for the last export.
            process::exit(EXIT_INTERRUPTED);
        }
    }
}

/// Waits until the process can take or run jobs.
async fn connected(app: &App) {
    let mut checks = interval(Duration::from_millis(10));
    while app.ready().is_err() {
        checks.tick().await;
    }
}
