use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::Captured;

pin_project! {
    /// A future whose recorded values are captured. Made by [`Captured::wrap`].
    #[must_use = "futures do nothing unless polled"]
    pub struct CapturedFuture<F> {
        captured: Captured,
        // Absent once the future is dropped.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for CapturedFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            // A job in the future ends with this drop.
            let mut this = this.project();
            this.captured.run(|| this.future.set(None));
        }
    }
}

impl Captured {
    /// Captures the values that `future` records, on any thread that polls or drops it.
    ///
    /// ```
    /// use osapi_metrics::{JobMetrics, testing::Captured};
    ///
    /// # let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    /// # runtime.block_on(async {
    /// let captured = Captured::new();
    /// let task = async { JobMetrics::global().created("image.resize").inc() };
    /// tokio::spawn(captured.wrap(task)).await.unwrap();
    /// assert_eq!(captured.counter("osapi_jobs_created_total", &[]), 1);
    /// # });
    /// ```
    pub fn wrap<F: Future>(&self, future: F) -> CapturedFuture<F> {
        CapturedFuture { captured: self.clone(), future: Some(future) }
    }
}

impl<F: Future> Future for CapturedFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        match this.future.as_pin_mut() {
            Some(future) => this.captured.run(|| future.poll(context)),
            None => Poll::Pending,
        }
    }
}

impl<F> fmt::Debug for CapturedFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CapturedFuture").finish_non_exhaustive()
    }
}
