//! The recording core beside what it has to be equal to: a plain map behind a lock, and the number of
//! what many threads have recorded that come and go.
//!
//! Every test has metrics of its own, because all of them run in one process and share what it has
//! recorded.

#[path = "../behaviour/reading.rs"]
mod reading;

mod model;
mod past_end;
mod storm;

use std::sync::LazyLock;

use osapi_metrics::Metrics;
use reading::{Reading, install};

/// The runtime that all tests look through.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(install);

/// What a scrape shows now.
fn read() -> Reading {
    Reading::of(&RUNTIME)
}
