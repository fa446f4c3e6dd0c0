//! The time that a send waits for room.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tokio::{
    task::coop::{Coop, Unconstrained, cooperative, unconstrained},
    time::Instant,
};

use super::observed::ObservedChannel;

/// Takes room in a channel with a future of tokio, and measures the wait if there is none.
///
/// A future of tokio is pending for one of two reasons: there is no room, or its task has no budget
/// left. So the budget is asked for before that future is polled, and not by it.
pub(super) fn take_room<F: Future>(channel: &ObservedChannel, future: F) -> Coop<TakeRoom<'_, F>> {
    cooperative(TakeRoom { future: unconstrained(future), channel, wait: None })
}

pin_project! {
    pub(super) struct TakeRoom<'a, F> {
        #[pin]
        future: Unconstrained<F>,
        channel: &'a ObservedChannel,
        wait: Option<Wait<'a>>,
    }
}

impl<F: Future> Future for TakeRoom<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let polled = this.future.poll(context);
        if polled.is_ready() {
            *this.wait = None;
        } else if this.wait.is_none() {
            *this.wait = Some(Wait::begin(this.channel));
        }
        polled
    }
}

/// A send that waits for room. The wait is recorded when this value is dropped, so also when the
/// send is cancelled.
pub(super) struct Wait<'a> {
    channel: &'a ObservedChannel,
    begun: Instant,
}

impl<'a> Wait<'a> {
    /// Counts that the channel is full, and begins to measure.
    pub(super) fn begin(channel: &'a ObservedChannel) -> Self {
        channel.roles.full.inc(&());
        Self { channel, begun: Instant::now() }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.channel.roles.wait.record_duration(&(), self.begun.elapsed());
    }
}
