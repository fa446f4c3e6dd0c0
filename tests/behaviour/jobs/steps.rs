//! Futures driven by hand, one poll at a time.

use std::{
    any::Any,
    future::{Future, poll_fn},
    mem::replace,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{Context, Poll, Waker},
    thread,
};

use super::{Ends, active, ends};

/// The end of a future that was not dropped before its end, and the number of its waits.
pub(super) struct Driven<T> {
    pub(super) awaits: u64,
    pub(super) end: thread::Result<T>,
}

/// Drops a future after every possible number of polls; the last poll is its end.
///
/// # Panics
///
/// If a future does not have exactly one end at once, or remains active.
pub(super) fn drop_at_every_await<F: Future>(
    job_name: &str,
    future: impl Fn() -> F,
) -> Driven<F::Output> {
    for polls in 0_u64.. {
        let mut future = Box::pin(future());
        let end = (0..polls).find_map(|_| match catch_poll(future.as_mut()) {
            Ok(Poll::Pending) => None,
            Ok(Poll::Ready(output)) => Some(Ok(output)),
            Err(panic) => Some(Err(panic)),
        });
        if end.is_none() && polls > 0 {
            assert_eq!(active(job_name), Some(1.0), "after {polls} polls");
        }
        drop(future);
        let awaits = polls.saturating_sub(u64::from(end.is_some()));
        let ends = ends(job_name);
        // A future that is never polled is not a job.
        assert_eq!((ends.cancelled, ends.sum()), (awaits, polls), "after {polls} polls");
        if let Some(end) = end {
            return Driven { awaits, end };
        }
    }
    unreachable!("a future that never ends")
}

/// Same as [`drop_at_every_await`], for a job that completes after this number of awaits.
pub(super) fn completes_after<F: Future>(
    awaits: u64,
    job_name: &str,
    future: impl Fn() -> F,
) -> F::Output {
    let driven = drop_at_every_await(job_name, future);
    assert_eq!(driven.awaits, awaits, "{job_name}");
    let expected = Ends { completed: 1, cancelled: awaits, ..Ends::default() };
    assert_eq!(ends(job_name), expected, "{job_name}");
    driven.end.unwrap_or_else(|panic| resume_unwind(panic))
}

/// Polls a future, and returns the panic if it panicked.
pub(super) fn catch_poll<F: Future + ?Sized>(
    future: Pin<&mut F>,
) -> thread::Result<Poll<F::Output>> {
    catch_unwind(AssertUnwindSafe(|| future.poll(&mut Context::from_waker(Waker::noop()))))
}

/// Polls a future.
pub(super) fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Waits this many times, without a runtime.
pub(super) async fn wait(times: usize) {
    for _ in 0..times {
        let mut waited = false;
        poll_fn(|context| {
            if replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// Panics without a message on the terminal.
pub(super) fn panic_with(payload: impl Any + Send) -> ! {
    resume_unwind(Box::new(payload))
}

/// Panics when it is dropped, unless a panic is already on its way.
pub(super) struct Bomb(pub(super) &'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        if !thread::panicking() {
            panic_with(self.0);
        }
    }
}
