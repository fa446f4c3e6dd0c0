use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::time::{Sleep, sleep};

/// A connection that fails if its peer does not take within `limit` what is to be written.
///
/// The time runs from where the system's buffers are full to where all is written that was handed over by then, and
/// not anew for each byte that the peer takes meanwhile.
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

    /// A write, as long as there is time for it.
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
