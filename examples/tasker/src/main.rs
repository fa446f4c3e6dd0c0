//! `tasker`: starts the service and prints how to use it.

mod args;
mod banner;

use std::{error::Error, process::ExitCode};

use clap::Parser;
use osapi_common::{
    logs,
    program::{self, print},
    signals::Signals,
};
use osapi_metrics::config::Environment;
use tasker::app::App;

use args::{CommandLine, Plan};
use banner::Banner;

/// The log filter without `RUST_LOG`. The database is asked all the time.
const DEFAULT_LOG_FILTER: &str = "info,sqlx=warn";

fn main() -> ExitCode {
    let args = CommandLine::parse();
    logs::start(DEFAULT_LOG_FILTER);
    program::run("tasker", run(args))
}

async fn run(args: CommandLine) -> Result<(), Box<dyn Error>> {
    match args.plan(&Environment::process())? {
        Plan::Serve { role, config, grace } => {
            let signals = Signals::listen()?;
            let app = App::start(role, *config).await?;
            print(&Banner(&app));
            signals.stop_at_request(app.stop(grace)).await;
        }
        Plan::Submit(submission) => submission.run().await?,
        Plan::Verify(verification) => {
            let checklist = verification.run().await?;
            print(&checklist);
            let all = checklist.items.len();
            match checklist.misses() {
                0 => {}
                1 => return Err(format!("1 of {all} items is a miss").into()),
                misses => return Err(format!("{misses} of {all} items are a miss").into()),
            }
        }
    }
    Ok(())
}
