//! The time that a send waits for room.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;
use tokio::{task::coop, time::Instant};

use super::make::Channel;

pin_project! {
    /// A future of tokio that takes room in a channel, and the measured wait if there is none.
    pub(super) struct TakeRoom<'a, F> {
        #[pin]
        future: F,
        channel: &'a Channel,
        wait: Option<Wait<'a>>,
    }
}

impl<'a, F: Future> TakeRoom<'a, F> {
    pub(super) fn new(channel: &'a Channel, future: F) -> Self {
        Self { future, channel, wait: None }
    }
}

impl<F: Future> Future for TakeRoom<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        // Without budget tokio returns `Pending` before it looks for room.
        let looks_for_room = coop::has_budget_remaining();
        let polled = this.future.poll(context);
        if polled.is_ready() {
            *this.wait = None;
        } else if looks_for_room && this.wait.is_none() {
            *this.wait = Some(Wait::begin(this.channel));
        }
        polled
    }
}

/// A send that waits for room. The wait is recorded when this value is dropped, so also when the
/// send is cancelled.
pub(super) struct Wait<'a> {
    channel: &'a Channel,
    begun: Instant,
}

impl<'a> Wait<'a> {
    /// Counts that the channel is full, and begins to measure.
    pub(super) fn begin(channel: &'a Channel) -> Self {
        channel.roles.full.inc(&());
        Self { channel, begun: Instant::now() }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.channel.roles.wait.record_duration(&(), self.begun.elapsed());
    }
}
