//! The end of a connection whose client still sends.

use std::{
    future::Future,
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use tokio::time::{Sleep, sleep};

use super::phase::Phase;

/// The longest time in which bytes are discarded.
const LIMIT: Duration = Duration::from_secs(5);

/// A connection that is closed when its client has nothing more to send, or after a limit.
///
/// The system resets a connection that is closed with unread bytes, and a client that is still
/// sending then sees a broken connection instead of its answer (RFC 9112, 9.6).
#[derive(Debug)]
pub(super) struct LingeringClose<C> {
    connection: C,
    phase: Phase,
    /// The rest of the time, once the answer is sent and the own side is closed.
    lingering: Option<Pin<Box<Sleep>>>,
}

impl<C: Unpin> LingeringClose<C> {
    pub(super) fn new(connection: C, phase: Phase) -> Self {
        Self { connection, phase, lingering: None }
    }

    fn connection(&mut self) -> Pin<&mut C> {
        Pin::new(&mut self.connection)
    }
}

impl<C: Read + Unpin> LingeringClose<C> {
    /// Reads until the client closes its side.
    fn poll_discard(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            let mut bytes = [MaybeUninit::uninit(); 4096];
            let mut buffer = ReadBuf::uninit(&mut bytes);
            let read = ready!(self.connection().poll_read(context, buffer.unfilled()));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
        }
    }
}

impl<C: Read + Unpin> Read for LingeringClose<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.connection().poll_read(context, buffer)
    }
}

impl<C: Read + Write + Unpin> Write for LingeringClose<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.connection().poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.connection().poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(self.connection().poll_shutdown(context))?;
            if !self.phase.may_send() {
                return Poll::Ready(Ok(()));
            }
            self.lingering = Some(Box::pin(sleep(LIMIT)));
        }
        // The time first: a client that never stops sending keeps the reader ready.
        let this = &mut *self;
        let is_over =
            this.lingering.as_mut().is_none_or(|rest| rest.as_mut().poll(context).is_ready());
        if !is_over {
            ready!(this.poll_discard(context));
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::time::Instant;

    use super::*;

    /// A client that sends this number of bytes, and one more after each millisecond if it is
    /// endless. Then it closes its side.
    struct Client {
        rest: usize,
        pause: Option<Pin<Box<Sleep>>>,
    }

    impl Read for Client {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            mut buffer: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(context));
                pause.as_mut().reset(Instant::now() + Duration::from_millis(1));
            } else if self.rest == 0 {
                return Poll::Ready(Ok(()));
            } else {
                self.rest -= 1;
            }
            buffer.put_slice(b"x");
            Poll::Ready(Ok(()))
        }
    }

    impl Write for Client {
        fn poll_write(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(Ok(bytes.len()))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// Closes the connection to this client. Returns how long that takes.
    async fn close(client: Client, change: impl FnOnce(&Phase)) -> (Client, Duration) {
        let phase = Phase::new();
        change(&phase);
        let mut connection = LingeringClose::new(client, phase);
        let begin = Instant::now();
        poll_fn(|context| Pin::new(&mut connection).poll_shutdown(context)).await.unwrap();
        (connection.connection, begin.elapsed())
    }

    fn endless() -> Client {
        Client { rest: 0, pause: Some(Box::pin(sleep(Duration::ZERO))) }
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_client_still_sends_is_read_within_the_limit() {
        let (client, time) = close(Client { rest: 100_000, pause: None }, Phase::read).await;
        assert_eq!((client.rest, time), (0, Duration::ZERO));
        let (_, time) = close(endless(), Phase::read).await;
        assert!(time >= LIMIT && time < 2 * LIMIT, "{time:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_a_client_that_has_said_everything() {
        for change in [
            |_: &Phase| {},
            |phase: &Phase| drop(phase.serve(false)),
            |phase: &Phase| {
                phase.read();
                phase.drain();
            },
        ] {
            assert_eq!(close(endless(), change).await.1, Duration::ZERO);
        }
        assert!(close(endless(), |phase| drop(phase.serve(true))).await.1 >= LIMIT);
    }
}
