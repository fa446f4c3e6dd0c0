//! A job that ends as it is asked to.

use std::{
    future::{Future, pending},
    io,
};

use super::steps::{catch_poll, panic_with, wait};

/// How a job is to end.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Complete,
    Fail,
    TimeOut,
    Hang,
    Panic,
}

/// Every way to end, and the status that it is recorded with.
pub(super) const ENDS: [(End, &str); 5] = [
    (End::Complete, "completed"),
    (End::Fail, "failed"),
    (End::TimeOut, "timed_out"),
    (End::Hang, "cancelled"),
    (End::Panic, "panicked"),
];

/// Ends so after one await; one that hangs is cancelled by whoever drops it.
pub(super) async fn come_to(end: End) -> io::Result<()> {
    wait(1).await;
    match end {
        End::Complete => Ok(()),
        End::Fail => Err(io::ErrorKind::NotFound.into()),
        End::TimeOut => Err(io::ErrorKind::TimedOut.into()),
        End::Hang => pending().await,
        End::Panic => panic_with("as asked"),
    }
}

/// Polls twice, and drops it.
pub(super) fn run(future: impl Future) {
    let mut future = Box::pin(future);
    for _ in 0..2 {
        let _ = catch_poll(future.as_mut());
    }
}
