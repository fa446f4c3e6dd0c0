use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::Captured;

pin_project! {
    /// A future that is captured. Made by [`Captured::wrap`].
    #[must_use = "futures do nothing unless polled"]
    pub struct CapturedFuture<F> {
        captured: Captured,
        // Absent once it is dropped.
        #[pin]
        future: Option<F>,
    }

    impl<F> PinnedDrop for CapturedFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            // A job in it ends now.
            let mut this = this.project();
            this.captured.run(|| this.future.set(None));
        }
    }
}

impl<F> CapturedFuture<F> {
    pub(super) fn new(captured: Captured, future: F) -> Self {
        Self { captured, future: Some(future) }
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
