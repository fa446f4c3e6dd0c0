use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{JobGuard, JobMetricSet};
use crate::core::jobs::outcome::JobReport;

pin_project! {
    /// A future that is a job.
    struct JobFuture<S: JobMetricSet, F, D> {
        // Dropped before the guard, so that the job's locals are gone when its end is recorded.
        #[pin]
        body: F,
        guard: JobGuard<S>,
        describe: Option<D>,
    }

    impl<S: JobMetricSet, F, D> PinnedDrop for JobFuture<S, F, D> {
        fn drop(this: Pin<&mut Self>) {
            // A panic of one of the job's locals is a panic of the job.
            this.project().guard.run_from_here();
        }
    }
}

/// Makes a future the job of a guard. `describe` makes the report from the output of the future.
#[doc(hidden)]
pub fn run_async<S: JobMetricSet, F: Future>(
    guard: JobGuard<S>,
    body: F,
    describe: impl FnOnce(&F::Output) -> JobReport,
) -> impl Future<Output = F::Output> {
    JobFuture { body, guard, describe: Some(describe) }
}

impl<S, F, D> Future for JobFuture<S, F, D>
where
    S: JobMetricSet,
    F: Future,
    D: FnOnce(&F::Output) -> JobReport,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        this.guard.begin();
        let body = this.body;
        let polled = this.guard.watch(|| body.poll(context));
        if let Poll::Ready(output) = &polled
            && let Some(describe) = this.describe.take()
        {
            this.guard.describe(output, describe);
        }
        polled
    }
}

impl<S: JobMetricSet, F, D> fmt::Debug for JobFuture<S, F, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobFuture").field("guard", &self.guard).finish_non_exhaustive()
    }
}
