use std::process::ExitCode;

use super::arguments::{Arguments, Command};

impl Arguments {
    /// Runs the command. The exit status is 0 if nothing was found, 1 if something was found, and 2
    /// if something could not be checked.
    pub fn run(self) -> ExitCode {
        let verdict = match self.command {
            Command::Generate(arguments) => arguments.run(),
            Command::Check(arguments) => arguments.run(),
            Command::Diff(arguments) => arguments.run(),
            Command::Verify(arguments) => arguments.run(),
            Command::Explore(arguments) => arguments.run(),
            Command::Render(arguments) => arguments.run(),
        };
        ExitCode::from(verdict.exit_status())
    }
}
