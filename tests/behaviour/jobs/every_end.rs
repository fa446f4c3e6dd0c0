//! A job that ends in the requested way.

use std::{
    future::{Future, pending},
    io,
};

use super::steps::{catch_poll, panic_with, wait};

/// The way in which a job ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Complete,
    Fail,
    TimeOut,
    Hang,
    Panic,
}

/// Every end, and the status with which it is recorded.
pub(super) const ENDS: [(End, &str); 5] = [
    (End::Complete, "completed"),
    (End::Fail, "failed"),
    (End::TimeOut, "timed_out"),
    (End::Hang, "cancelled"),
    (End::Panic, "panicked"),
];

/// Ends in this way after one await. A job that hangs is cancelled by its drop.
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

/// Polls the job twice, and drops it.
pub(super) fn run(future: impl Future) {
    let mut future = Box::pin(future);
    for _ in 0..2 {
        let _ = catch_poll(future.as_mut());
    }
}
