//! The contenders: each library does each case as its documentation recommends, in the fastest way
//! that a user would write. Where a library has a fast way that needs care (keep a handle) and a
//! convenient one (look the series up at each call), both are there.

mod autometrics;
mod clock;
mod measured;
mod metrics;
mod opentelemetry;
mod osapi;
mod prometheus;
mod prometheus_client;
mod tenant;
mod vise;

use std::{
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use crate::{case::Case, measure::Contender};

pub(crate) use clock::{BARE, STD};
pub(crate) use osapi::HANDLE;

/// The first 12 boundaries of the default ladder for seconds.
const BOUNDARIES: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The whole ladder, which the duration of a job has.
const JOB_BOUNDARIES: [f64; 16] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];

/// What the metrics of jobs are called where names are free, in an exposition.
const JOB_SAMPLES: [&str; 3] =
    ["jobs_started_total", "jobs_completed_total", "job_duration_seconds_count"];

const JOB_NAME: &str = "bench.job";

/// Durations in seconds that fall into different buckets.
const DURATIONS: [f64; 8] = [0.003, 0.2, 0.007, 3.0, 0.04, 0.8, 45.0, 0.2];

/// All contenders of a case.
pub(crate) fn of(case: Case) -> Vec<Contender> {
    let libraries = [
        clock::contenders,
        osapi::contenders,
        opentelemetry::contenders,
        prometheus::contenders,
        prometheus_client::contenders,
        measured::contenders,
        metrics::contenders,
        autometrics::contenders,
        vise::contenders,
    ];
    libraries.into_iter().flat_map(|contenders| contenders(case)).collect()
}

fn duration(number: usize) -> f64 {
    DURATIONS[number % DURATIONS.len()]
}

/// What a job does. The compiler must not know that it is nothing.
#[inline]
fn work(input: usize) -> usize {
    black_box(input)
}

/// Runs a future that never waits.
#[inline]
fn poll_once<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing in the job waits"),
    }
}
