//! `osapi`: starts the service and tells how to use it.

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

/// What a shell reports for a program that SIGINT ended: 128 + 2.
const INTERRUPTED: i32 = 130;

/// How long a newly started process waits for its broker before it says that it is away.
const CONNECT_TIME: Duration = Duration::from_secs(1);

/// What is logged unless `RUST_LOG` says otherwise. The NATS client tells of each try to connect; the
/// broker tells of changes.
const LOGGED: &str = "info,async_nats=off";

fn main() -> ExitCode {
    let args = CommandLine::parse();
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| LOGGED.into()))
        .init();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Into::into)
        .and_then(|runtime| {
            let result = runtime.block_on(run(args));
            // A thread that hangs in a system call, such as a read from a dead mount, must not
            // hold up the exit.
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
    // A broker that is there is connected by then. One that is away is told of below.
    let _ = timeout(CONNECT_TIME, connected(&app)).await;
    // A reader that closes the pipe after the first line does not stop the service.
    let _ = write!(io::stdout(), "{}", Banner(&app));
    signals.stop_requested().await;
    let mut stop = pin!(app.stop(grace));
    tokio::select! {
        () = &mut stop => Ok(()),
        () = signals.interrupted() => {
            warn!("interrupted again: stopping at once");
            // Not even the last export is waited for, as dropping the service would.
            process::exit(INTERRUPTED);
        }
    }
}

/// Waits until jobs can be taken or run.
async fn connected(app: &App) {
    let mut looks = interval(Duration::from_millis(10));
    while app.ready().is_err() {
        looks.tick().await;
    }
}
