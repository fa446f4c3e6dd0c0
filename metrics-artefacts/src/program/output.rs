use std::{
    fmt::Display,
    io::{self, Write as _},
};

use clap::ValueEnum;

use crate::finding::Verdict;

/// The form of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line for each finding.
    #[default]
    Text,
    /// One JSON object.
    Json,
}

/// Prints the result of a command. A reader that has closed the pipe has what it wants; a result
/// that cannot be written otherwise, such as to a full disk, is none.
pub(super) fn print_result(text: impl Display, verdict: Verdict) -> Verdict {
    let mut output = io::stdout().lock();
    match write!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            could_not(format_args!("standard output cannot be written: {error}"))
        }
        _ => verdict,
    }
}

/// Reports why a command could not run.
pub(super) fn could_not(error: impl Display) -> Verdict {
    complain(error);
    Verdict::Unchecked
}

/// Prints a line on standard error. Where it cannot be written, nobody can read it; `eprintln!`
/// would panic.
pub(super) fn complain(problem: impl Display) {
    let _ = writeln!(io::stderr(), "osapi-metrics: {problem}");
}
