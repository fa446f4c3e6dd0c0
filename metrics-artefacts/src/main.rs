//! The program `osapi-metrics`.

use std::process::ExitCode;

use clap::Parser;
use osapi_metrics_artefacts::program::Arguments;

fn main() -> ExitCode {
    Arguments::parse().run()
}
