use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;
use pin_project_lite::pin_project;

use super::{JobGuard, JobMetricSet};
use crate::core::jobs::outcome::{JobEnd, JobReport};

pin_project! {
    /// A stream that is a job: from its first poll to its end.
    struct JobStream<S: JobMetricSet, B, D> {
        // Dropped before the guard, so that the job's locals are gone when its end is recorded.
        #[pin]
        body: B,
        guard: JobGuard<S>,
        // Absent after the end.
        describe: Option<D>,
    }

    impl<S: JobMetricSet, B, D> PinnedDrop for JobStream<S, B, D> {
        fn drop(this: Pin<&mut Self>) {
            // A panic of one of the job's locals is a panic of the job.
            this.project().guard.run_from_here();
        }
    }
}

/// Makes a stream the job of a guard. `describe` makes a report from an item that ends the job. A
/// job whose stream ends without such an item has completed.
#[doc(hidden)]
pub fn run_stream<S: JobMetricSet, B: Stream>(
    guard: JobGuard<S>,
    body: B,
    describe: impl FnMut(&B::Item) -> Option<JobReport>,
) -> impl Stream<Item = B::Item> {
    JobStream { body, guard, describe: Some(describe) }
}

impl<S, B, D> Stream for JobStream<S, B, D>
where
    S: JobMetricSet,
    B: Stream,
    D: FnMut(&B::Item) -> Option<JobReport>,
{
    type Item = B::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<B::Item>> {
        let this = self.project();
        let Some(describe) = this.describe else { return this.body.poll_next(context) };
        this.guard.begin();
        let body = this.body;
        let polled = this.guard.watch(|| body.poll_next(context));
        let report = match &polled {
            Poll::Ready(Some(item)) if !this.guard.is_off() => describe(item),
            Poll::Ready(None) => Some(JobReport::at(JobEnd::COMPLETED)),
            Poll::Ready(Some(_)) | Poll::Pending => None,
        };
        if let Some(report) = report {
            *this.describe = None;
            this.guard.describe(&(), |()| report);
        }
        polled
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.body.size_hint()
    }
}

impl<S: JobMetricSet, B, D> fmt::Debug for JobStream<S, B, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobStream").field("guard", &self.guard).finish_non_exhaustive()
    }
}
