use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{JobGuard, JobSet, guard::Finished};

pin_project! {
    /// The body of an instrumented async function.
    #[doc(hidden)]
    #[must_use = "futures do nothing unless polled"]
    pub struct JobFuture<S: JobSet, F, D> {
        // Dropped before the guard, so that the job's locals are gone when its end is recorded.
        #[pin]
        body: F,
        guard: JobGuard<S>,
        describe: Option<D>,
    }
}

impl<S, F, D> JobFuture<S, F, D>
where
    S: JobSet,
    F: Future,
    D: FnOnce(&F::Output) -> Finished,
{
    /// `describe` tells the end from what `body` returns.
    pub fn new(guard: JobGuard<S>, body: F, describe: D) -> Self {
        Self { body, guard, describe: Some(describe) }
    }
}

impl<S, F, D> Future for JobFuture<S, F, D>
where
    S: JobSet,
    F: Future,
    D: FnOnce(&F::Output) -> Finished,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.guard.enter();
        let polled = this.body.poll(context);
        this.guard.leave();
        if let Poll::Ready(output) = &polled
            && let Some(describe) = this.describe.take()
        {
            this.guard.finish(output, describe);
        }
        polled
    }
}

impl<S: JobSet, F, D> fmt::Debug for JobFuture<S, F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobFuture").field("guard", &self.guard).finish_non_exhaustive()
    }
}
