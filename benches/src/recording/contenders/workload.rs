//! The values that all libraries record, and the function that a job runs.

use std::{
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

/// The first 12 boundaries of the default ladder for seconds.
pub(super) const BOUNDARIES: [f64; 12] =
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// [`BOUNDARIES`] in milliseconds.
pub(super) const MILLISECONDS: [i64; 12] =
    [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// The default ladder for seconds, as the duration of a job has it.
pub(super) const JOB_BOUNDARIES: [f64; 16] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];

/// [`JOB_BOUNDARIES`] in milliseconds.
pub(super) const JOB_MILLISECONDS: [i64; 16] = [
    5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000,
    600_000,
];

/// The samples of the metrics of jobs, for libraries that leave names to the user.
pub(super) const JOB_SAMPLES: [&str; 3] =
    ["jobs_started_total", "jobs_completed_total", "job_duration_seconds_count"];

pub(super) const JOB_NAME: &str = "bench.job";

/// Durations in seconds that fall into different buckets.
const DURATIONS: [f64; 8] = [0.003, 0.2, 0.007, 3.0, 0.04, 0.8, 45.0, 0.2];

/// The same durations in milliseconds.
const DURATIONS_IN_MILLISECONDS: [i64; 8] = [3, 200, 7, 3_000, 40, 800, 45_000, 200];

/// The duration that operation `number` records.
pub(super) fn duration(number: usize) -> f64 {
    DURATIONS[number % DURATIONS.len()]
}

/// The duration that operation `number` records, for a library whose values are integers.
pub(super) fn milliseconds(number: usize) -> i64 {
    DURATIONS_IN_MILLISECONDS[number % DURATIONS_IN_MILLISECONDS.len()]
}

/// The body of a job. It does nothing, and the black box hides that from the compiler.
#[inline]
pub(super) fn work(input: usize) -> usize {
    black_box(input)
}

/// Runs a future that never waits.
#[inline]
pub(super) fn poll_once<T>(future: impl Future<Output = T>) -> T {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing in the job waits"),
    }
}
