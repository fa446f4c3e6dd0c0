use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::time::{Sleep, sleep};

/// A connection that fails if its peer does not read within `limit`.
///
/// The time begins when the system's buffers are full. It ends when all bytes that were passed to
/// the connection by then are written, and does not begin again for each byte that the peer reads.
#[derive(Debug)]
pub(super) struct WriteTimeout<C> {
    connection: C,
    limit: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<C: Unpin> WriteTimeout<C> {
    pub(super) fn new(connection: C, limit: Duration) -> Self {
        Self { connection, limit, stalled: None }
    }

    fn connection(&mut self) -> Pin<&mut C> {
        Pin::new(&mut self.connection)
    }

    /// The result of a write, or a timeout.
    fn bounded<T>(
        &mut self,
        context: &mut Context<'_>,
        write: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if write.is_pending() {
            let limit = self.limit;
            let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
            if stalled.as_mut().poll(context).is_ready() {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        write
    }
}

impl<C: Read + Unpin> Read for WriteTimeout<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.connection().poll_read(context, buffer)
    }
}

impl<C: Write + Unpin> Write for WriteTimeout<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let write = self.connection().poll_write(context, buffer);
        self.bounded(context, write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = self.connection().poll_write_vectored(context, buffers);
        self.bounded(context, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    /// hyper flushes when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flush = self.connection().poll_flush(context);
        if flush.is_ready() {
            self.stalled = None;
        }
        self.bounded(context, flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shutdown = self.connection().poll_shutdown(context);
        self.bounded(context, shutdown)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);
    const TICK: Duration = Duration::from_millis(1);

    /// A peer that reads this number of bytes more.
    struct Peer(usize);

    impl Write for Peer {
        fn poll_write(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            _: &[u8],
        ) -> Poll<io::Result<usize>> {
            if self.0 == 0 {
                return Poll::Pending;
            }
            self.0 -= 1;
            Poll::Ready(Ok(1))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    /// The result of a write now.
    async fn write(to: &mut WriteTimeout<Peer>) -> Poll<Result<usize, io::ErrorKind>> {
        let written = poll_fn(|context| Poll::Ready(Pin::new(&mut *to).poll_write(context, b"x")));
        written.await.map_err(|error| error.kind())
    }

    #[tokio::test(start_paused = true)]
    async fn a_byte_now_and_then_gives_no_more_time() {
        let mut connection = WriteTimeout::new(Peer(0), LIMIT);
        assert_eq!(write(&mut connection).await, Poll::Pending);
        tokio::time::advance(LIMIT.saturating_sub(TICK)).await;
        connection.connection = Peer(1);
        assert_eq!(write(&mut connection).await, Poll::Ready(Ok(1)));
        assert_eq!(write(&mut connection).await, Poll::Pending);
        tokio::time::advance(TICK).await;
        assert_eq!(write(&mut connection).await, Poll::Ready(Err(io::ErrorKind::TimedOut)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_has_read_everything_has_the_whole_time_again() {
        let mut connection = WriteTimeout::new(Peer(0), LIMIT);
        for _ in 0..3 {
            assert_eq!(write(&mut connection).await, Poll::Pending);
            tokio::time::advance(LIMIT.saturating_sub(TICK)).await;
            connection.connection = Peer(1);
            assert_eq!(write(&mut connection).await, Poll::Ready(Ok(1)));
            let flushed = poll_fn(|context| Pin::new(&mut connection).poll_flush(context));
            flushed.await.unwrap();
        }
    }
}
