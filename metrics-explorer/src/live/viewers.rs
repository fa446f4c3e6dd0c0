//! Those who watch.

use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

/// The most who watch at a time.
pub(super) const MAX_VIEWERS: usize = 64;

/// The events that wait for one viewer. A viewer who reads more slowly misses updates, and gets the
/// whole state after that.
const QUEUE: usize = 8;

/// The events that one viewer reads, as the text of server-sent events. They end when the
/// [`Live`](crate::Live) history is cleared or dropped.
#[derive(Debug)]
pub struct Viewer(Receiver<Bytes>);

impl Viewer {
    /// The next events, or `None` after the last one.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.0.poll_recv(context)
    }
}

/// All viewers.
#[derive(Debug, Default)]
pub(super) struct Viewers(Vec<Sink>);

#[derive(Debug)]
struct Sink {
    events: Sender<Bytes>,
    /// Whether the next event is the whole state.
    needs_hello: bool,
}

impl Viewers {
    /// The number of those who still watch.
    pub(super) fn count(&mut self) -> usize {
        self.0.retain(|sink| !sink.events.is_closed());
        self.0.len()
    }

    /// Adds a viewer. `hello` is the whole state, if there is one.
    pub(super) fn add(&mut self, hello: Option<Bytes>) -> Viewer {
        let (events, viewer) = mpsc::channel(QUEUE);
        let needs_hello = hello.is_none();
        if let Some(hello) = hello {
            // The queue is empty.
            let _ = events.try_send(hello);
        }
        self.0.push(Sink { events, needs_hello });
        Viewer(viewer)
    }

    /// Sends an update to all, or the whole state to those who need it.
    pub(super) fn send(&mut self, update: impl FnOnce() -> Bytes, hello: impl FnOnce() -> Bytes) {
        let (mut update, mut hello) = (Lazy::new(update), Lazy::new(hello));
        self.0.retain_mut(|sink| {
            let event = if sink.needs_hello { hello.get() } else { update.get() };
            let sent = sink.events.try_send(event);
            sink.needs_hello = matches!(sent, Err(TrySendError::Full(_)));
            !matches!(sent, Err(TrySendError::Closed(_)))
        });
    }

    /// Ends the events of all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// An event that is written when it is first needed.
struct Lazy<F> {
    write: Option<F>,
    event: Bytes,
}

impl<F: FnOnce() -> Bytes> Lazy<F> {
    fn new(write: F) -> Self {
        Self { write: Some(write), event: Bytes::new() }
    }

    fn get(&mut self) -> Bytes {
        if let Some(write) = self.write.take() {
            self.event = write();
        }
        self.event.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn next(viewer: &mut Viewer) -> Option<Bytes> {
        poll_fn(|context| viewer.poll_next(context)).await
    }

    fn send(viewers: &mut Viewers, update: &'static str) {
        viewers.send(|| Bytes::from_static(update.as_bytes()), || Bytes::from_static(b"hello"));
    }

    #[tokio::test]
    async fn a_slow_viewer_misses_updates_and_gets_the_whole_state() {
        let mut viewers = Viewers::default();
        let mut slow = viewers.add(None);
        let mut fast = viewers.add(Some(Bytes::from_static(b"first")));
        assert_eq!(next(&mut fast).await.unwrap(), "first");
        for _ in 0..QUEUE + 3 {
            send(&mut viewers, "update");
            assert_eq!(next(&mut fast).await.unwrap(), "update");
        }
        assert_eq!(next(&mut slow).await.unwrap(), "hello");
        for _ in 1..QUEUE {
            assert_eq!(next(&mut slow).await.unwrap(), "update");
        }
        send(&mut viewers, "update");
        assert_eq!(next(&mut slow).await.unwrap(), "hello");
        send(&mut viewers, "update");
        assert_eq!(next(&mut slow).await.unwrap(), "update");
        viewers.clear();
        assert_eq!(next(&mut slow).await, None);
    }

    #[tokio::test]
    async fn a_viewer_who_has_gone_is_not_counted() {
        let mut viewers = Viewers::default();
        let (gone, _stays) = (viewers.add(None), viewers.add(None));
        drop(gone);
        assert_eq!(viewers.count(), 1);
    }
}
