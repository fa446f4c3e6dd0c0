//! `job-queue`: starts the service and prints how to use it.

mod args;
mod banner;

use std::{error::Error, process::ExitCode};

use clap::Parser;
use job_queue::app::App;
use osapi_common::{
    logs,
    program::{self, print},
    signals::Signals,
};
use osapi_metrics::config::Environment;

use args::{CommandLine, Plan};
use banner::Banner;

/// The log filter without `RUST_LOG`.
const DEFAULT_LOG_FILTER: &str = "info";

fn main() -> ExitCode {
    let args = CommandLine::parse();
    logs::start(DEFAULT_LOG_FILTER);
    program::run("job-queue", run(args))
}

async fn run(args: CommandLine) -> Result<(), Box<dyn Error>> {
    match args.plan(&Environment::process())? {
        Plan::Serve { options, grace } => {
            let signals = Signals::listen()?;
            let app = App::start(*options).await?;
            print(&Banner(&app));
            signals.stop_at_request(app.stop(grace)).await;
        }
    }
    Ok(())
}
