//! Instruments, labels, jobs, instrumentations and the runtime from outside: code records, and an
//! exposition shows the result.
//!
//! All tests run in one process and share what the process has recorded, so every test has metrics
//! or job names of its own. Tests that need a process of their own are in `tests/process/`.

mod alerts;
mod channel;
mod circuit_breaker;
mod constant_labels;
#[cfg(unix)]
mod docker;
mod gpu;
mod groups;
#[cfg(target_os = "linux")]
mod host;
mod http_server;
mod instruments;
mod jobs;
mod labels;
mod nats;
mod postgres;
mod queue;
mod redis;
mod roles;
mod runtime;
mod scopes;
mod sqlx;
mod testing;
mod tokio_runtime;

use std::sync::LazyLock;

use osapi_metrics::Metrics;
use osapi_metrics_tests::reading::{Reading, install};

/// The runtime that all tests read, unless a test needs another.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(install);

/// The series of the current exposition whose lines contain this text.
fn read_lines_with(text: &str) -> Reading {
    Reading::of_lines_with(text, &RUNTIME)
}

/// The current exposition.
fn read() -> Reading {
    Reading::of(&RUNTIME)
}
