//! The command line of `osapi-metrics`: a file for each command.
//!
//! Results go to standard output, and the reason why a command could not run to standard error.

mod arguments;
mod diff;
mod generate;
mod verify;

use std::{fmt::Display, process::ExitCode};

use crate::finding::Verdict;

pub use arguments::{Arguments, Command, Format};

impl Arguments {
    /// Runs the command. The exit status is 0 if nothing was found, 1 if something was found, and 2
    /// if something could not be checked.
    pub fn run(self) -> ExitCode {
        let verdict = match self.command {
            Command::Generate(arguments) => arguments.run(),
            Command::Diff(arguments) => arguments.run(),
            Command::Verify(arguments) => arguments.run(),
        };
        ExitCode::from(verdict.exit_status())
    }
}

/// Reports why a command could not run.
fn could_not(error: impl Display) -> Verdict {
    eprintln!("osapi-metrics: {error}");
    Verdict::Unchecked
}
