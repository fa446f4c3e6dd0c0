//! The log of a service.

use std::io;

use tracing_subscriber::EnvFilter;

/// Writes the log to standard error, from now on.
///
/// `RUST_LOG` is the filter. Without the variable, or with an invalid one, `default_filter` is: its
/// form is the same, such as `info,async_nats=off`.
///
/// # Panics
///
/// If the log of the process is set up already.
pub fn start(default_filter: &str) {
    tracing_subscriber::fmt()
        // Other crates of a program can turn colours on for it, also where a file is written.
        .with_ansi(false)
        .with_writer(io::stderr)
        .with_env_filter(
            EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter)),
        )
        .init();
}
