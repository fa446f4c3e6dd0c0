//! What instruments, labels, jobs and the runtime do, seen from outside: code records, and the
//! exposition tells what became of it.
//!
//! Every test has metrics or job names of its own, because all of them run in one process and share
//! what it has recorded. What needs a process of its own is in `alone/` and `conflicts/`.

mod instruments;
mod jobs;
mod labels;
mod reading;
mod runtime;
mod testing;

use std::sync::LazyLock;

use osapi_metrics::Metrics;
use reading::{Reading, install};

/// The runtime that all tests look through, unless they need another.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(install);

/// What the lines of a scrape show that contain this text.
fn read_lines_with(text: &str) -> Reading {
    Reading::of_lines_with(text, &RUNTIME)
}

/// What a scrape shows now.
fn read() -> Reading {
    Reading::of(&RUNTIME)
}
