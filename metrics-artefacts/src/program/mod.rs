//! The command line of `osapi-metrics`: a file for each command.
//!
//! Results go to standard output, and the reason why a command could not run to standard error.

mod arguments;
mod check;
mod diff;
mod explore;
mod generate;
mod output;
mod render;
mod run;
mod token;
mod value;
mod verify;

pub use arguments::{Arguments, Command};
pub use output::Format;
