//! Blocking work for async code: the work has a thread of its own, and the future waits for it
//! without an async runtime of any kind.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    thread,
};

use crate::core::sync::lock;

/// Completes with the result of work on another thread; with `None` if the work panicked.
///
/// The work goes on if this is dropped.
#[derive(Debug)]
pub(super) struct Completion<T>(Arc<Mutex<State<T>>>);

#[derive(Debug)]
enum State<T> {
    Pending(Option<Waker>),
    Done(Option<T>),
}

impl<T: Send + 'static> Completion<T> {
    /// Begins the work.
    pub(super) fn of(work: impl FnOnce() -> T + Send + 'static) -> io::Result<Self> {
        let state = Arc::new(Mutex::new(State::Pending(None)));
        let worker = Worker { state: Arc::clone(&state), result: None };
        let run = move || worker.finish(work);
        thread::Builder::new().name("osapi-metrics-wait".to_owned()).spawn(run)?;
        Ok(Self(state))
    }
}

impl<T> Future for Completion<T> {
    type Output = Option<T>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        match &mut *lock(&self.0) {
            State::Pending(waker) => {
                *waker = Some(context.waker().clone());
                Poll::Pending
            }
            State::Done(result) => Poll::Ready(result.take()),
        }
    }
}

/// Wakes the future when it is dropped, also by a panic.
struct Worker<T> {
    state: Arc<Mutex<State<T>>>,
    result: Option<T>,
}

impl<T> Worker<T> {
    fn finish(mut self, work: impl FnOnce() -> T) {
        self.result = Some(work());
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        let before = std::mem::replace(&mut *lock(&self.state), State::Done(self.result.take()));
        if let State::Pending(Some(waker)) = before {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn the_result_arrives() {
        assert_eq!(Completion::of(|| 7).unwrap().await, Some(7));
    }

    #[tokio::test]
    async fn a_panic_is_no_result() {
        let panics = || -> u32 { panic!("the work panics") };
        assert_eq!(Completion::of(panics).unwrap().await, None);
    }

    #[tokio::test]
    async fn the_future_is_woken() {
        let (allow, wait) = mpsc::channel::<()>();
        let completion = Completion::of(move || wait.recv().is_ok()).unwrap();
        let both = async {
            tokio::task::yield_now().await;
            allow.send(()).unwrap();
        };
        let (result, ()) = tokio::join!(completion, both);
        assert_eq!(result, Some(true));
    }
}
