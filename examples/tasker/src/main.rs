//! `tasker`: starts the service and prints how to use it.

mod args;
mod banner;

use std::process::ExitCode;

use clap::Parser;
use osapi_common::{
    logs,
    program::{self, blocking, print, print_result},
    signals::Signals,
};
use osapi_metrics::config::Environment;
use tasker::app::{App, PrivateServer};

use args::{CommandLine, Failure, Plan, Service};
use banner::Banner;

/// The log filter without `RUST_LOG`. The client of the database logs each connection that breaks,
/// and the queues each that cannot be counted; the health of the database logs only the changes.
const DEFAULT_LOG_FILTER: &str = "info,sqlx=off,osapi_metrics::instrumentation::queue=off";

fn main() -> ExitCode {
    let args = CommandLine::parse();
    logs::start(DEFAULT_LOG_FILTER);
    program::run("tasker", run(args))
}

async fn run(args: CommandLine) -> Result<(), Failure> {
    match args.plan() {
        Plan::Serve(service) => serve(*service).await,
        Plan::Submit(submission) => submission.run().await,
        Plan::Verify(verification) => {
            let checklist = verification.run().await?;
            print_result(&checklist)?;
            let all = checklist.items.len();
            match checklist.misses() {
                0 => Ok(()),
                1 => Err(format!("1 of {all} items is a miss").into()),
                misses => Err(format!("{misses} of {all} items are a miss").into()),
            }
        }
    }
}

/// Runs the service until a signal, then stops it; a second interrupt stops it at once.
async fn serve(service: Service) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    let grace = service.grace();
    let Some(app) = signals.unless_stopped(start(service)).await else { return Ok(()) };
    let app = app?;
    print(&Banner(&app));
    let private = app.private_server().cloned();
    let at_once = || private.iter().for_each(PrivateServer::end);
    signals.stop_at_request(app.stop(grace), at_once).await;
    Ok(())
}

async fn start(service: Service) -> Result<App, Failure> {
    let role = service.role.clone();
    let config = blocking(move || service.config(&Environment::process())).await?;
    Ok(App::start(role, config).await?)
}
