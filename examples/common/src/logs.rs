//! The log of a service.

use std::{
    env,
    io::{self, Write},
};

use osapi_metrics_rules::excerpt::Excerpt;
use tracing_subscriber::EnvFilter;

use crate::program::write_error;

/// Writes the log to standard error, from now on. A line that nobody reads within a second is lost,
/// and so are the next ones, until somebody reads again.
///
/// `RUST_LOG` is the filter. Without the variable, or with an invalid one, which is the first line
/// of the log, `default_filter` is: its form is the same, such as `info,async_nats=off`.
///
/// # Panics
///
/// If the log of the process is set up already.
pub fn start(default_filter: &str) {
    let given = env::var_os(EnvFilter::DEFAULT_ENV).filter(|given| !given.is_empty());
    let given = given.map(|given| given.to_string_lossy().into_owned());
    let filter = given.as_deref().map(EnvFilter::try_new);
    let (filter, problem) = match filter {
        Some(Ok(filter)) => (filter, None),
        Some(Err(problem)) => (EnvFilter::new(default_filter), Some(problem)),
        None => (EnvFilter::new(default_filter), None),
    };
    tracing_subscriber::fmt()
        // Other crates of a program can turn colours on for it, also where a file is written.
        .with_ansi(false)
        .with_writer(|| Lines)
        // A line that cannot be written, to a full disk or a reader that is gone or does not read,
        // is lost. Reported on standard error too, it would be a panic of whoever has logged it.
        .log_internal_errors(false)
        .with_env_filter(filter)
        .init();
    if let (Some(given), Some(problem)) = (given, problem) {
        tracing::warn!(
            "RUST_LOG is `{}`, which is no filter ({problem}); the filter is `{default_filter}`",
            Excerpt::of(&given),
        );
    }
}

/// The lines of the log. Each is written as a whole.
struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        write_error(line).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
