//! The recording core: beside a model behind a lock, under threads that begin and end, and with
//! series that end.
//!
//! A process of its own, because the tests read all metrics in loops, which takes long in a program
//! with many metrics. Every test has metrics of its own, because all tests share what the process
//! has recorded.

mod boundaries;
mod constant;
mod current;
mod labels;
mod model;
mod past_end;
mod series;
mod storm;

use std::sync::LazyLock;

use osapi_metrics::Metrics;
use osapi_metrics_tests::reading::{Reading, install};

/// The runtime that all tests read, unless a test needs another.
static RUNTIME: LazyLock<Metrics> = LazyLock::new(install);

/// The current exposition.
fn read() -> Reading {
    Reading::of(&RUNTIME)
}
