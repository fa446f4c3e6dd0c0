//! `job-queue`: starts the service and prints how to use it.

mod args;
mod banner;

use std::process::ExitCode;

use clap::Parser;
use job_queue::{
    app::App,
    verify::{Report, VerifyError},
};
use osapi_common::{
    logs,
    program::{self, blocking, complain, print, print_result},
    signals::Signals,
};
use osapi_metrics::config::Environment;

use args::{CommandLine, Failure, Plan, ReportForm};
use banner::Banner;

/// The log filter without `RUST_LOG`.
const DEFAULT_LOG_FILTER: &str = "info";

/// The exit code of a verification that could not measure; clap has the same for wrong arguments.
const NOT_MEASURED: u8 = 2;

fn main() -> ExitCode {
    let args = CommandLine::parse();
    logs::start(DEFAULT_LOG_FILTER);
    program::run_to_code("job-queue", run(args))
}

async fn run(args: CommandLine) -> Result<ExitCode, Failure> {
    let mut signals = Signals::listen()?;
    let plan = blocking(move || args.plan(&Environment::process()));
    let Some(plan) = signals.unless_stopped(plan).await else { return Ok(ExitCode::SUCCESS) };
    match plan? {
        Plan::Serve { options, grace } => {
            let start = App::start(*options);
            if let Some(app) = signals.unless_stopped(start).await {
                let app = app?;
                print(&Banner(&app));
                signals.stop_at_request(app.stop(grace), || {}).await;
            }
            Ok(ExitCode::SUCCESS)
        }
        Plan::Verify { verification, form } => {
            let measured = tokio::select! {
                measured = verification.run() => measured,
                () = signals.stop_requested() => Err(VerifyError::Interrupted),
            };
            Ok(reported(measured, form))
        }
    }
}

/// Prints the result of a verification, and returns the exit code.
fn reported(measured: Result<Report, VerifyError>, form: ReportForm) -> ExitCode {
    let report = match measured {
        Ok(report) => report,
        Err(error) => {
            complain(&format_args!("job-queue: {error}"));
            return ExitCode::from(NOT_MEASURED);
        }
    };
    let printed = match form {
        ReportForm::Table => print_result(&report),
        ReportForm::Json => print_result(&format_args!("{}\n", report.json())),
    };
    if let Err(error) = printed {
        complain(&format_args!("job-queue: {error}"));
        return ExitCode::from(NOT_MEASURED);
    }
    let (misses, all) = (report.misses(), report.targets.len());
    if misses == 0 {
        return ExitCode::SUCCESS;
    }
    let are = if misses == 1 { "is" } else { "are" };
    complain(&format_args!("job-queue: {misses} of {all} targets {are} missed"));
    ExitCode::FAILURE
}
