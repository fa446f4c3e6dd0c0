//! `osapi`: starts the service and prints how to use it.

mod args;
mod banner;

use std::{error::Error, process::ExitCode, time::Duration};

use clap::Parser;
use osapi::app::App;
use osapi_common::{
    logs,
    program::{self, blocking, print, ready_within},
    signals::Signals,
};
use osapi_metrics::config::Environment;

use args::CommandLine;
use banner::Banner;

/// How long a new process waits for its broker before it prints that the broker is away.
const CONNECT_TIME: Duration = Duration::from_secs(1);

/// The log filter without `RUST_LOG`. The NATS client logs each try to connect, the broker logs
/// only the changes.
const DEFAULT_LOG_FILTER: &str = "info,async_nats=off";

fn main() -> ExitCode {
    let args = CommandLine::parse();
    logs::start(DEFAULT_LOG_FILTER);
    program::run("osapi", run(args))
}

/// Runs the service until a signal, then stops it; a second interrupt stops it at once.
async fn run(args: CommandLine) -> Result<(), Box<dyn Error>> {
    let mut signals = Signals::listen()?;
    let grace = args.grace();
    let Some(app) = signals.unless_stopped(start(args)).await else { return Ok(()) };
    let app = app?;
    // The banner shows a broker that is still away.
    let ready = ready_within(CONNECT_TIME, || app.ready().is_ok());
    if signals.unless_stopped(ready).await.is_some() {
        print(&Banner(&app));
    }
    signals.stop_at_request(app.stop(grace), || {}).await;
    Ok(())
}

async fn start(args: CommandLine) -> Result<App, Box<dyn Error>> {
    let options = blocking(move || args.into_options(&Environment::process())).await?;
    Ok(App::start(options).await?)
}
