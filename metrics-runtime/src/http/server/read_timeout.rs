//! The time that a client has for its requests.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep_until},
};

use super::{limits::ServerLimits, phase::Phase};

/// A connection that fails if its peer does not send a request in time.
///
/// It holds the permit of the connection, also after a service has taken it over.
#[derive(Debug)]
pub(super) struct ReadTimeout<C> {
    connection: C,
    phase: Phase,
    limits: ServerLimits,
    timer: Option<Pin<Box<Sleep>>>,
    _permit: OwnedSemaphorePermit,
}

impl<C: Unpin> ReadTimeout<C> {
    pub(super) fn new(
        connection: C,
        phase: Phase,
        limits: ServerLimits,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self { connection, phase, limits, timer: None, _permit: permit }
    }

    fn connection(&mut self) -> Pin<&mut C> {
        Pin::new(&mut self.connection)
    }

    /// Whether the time is up. The task is woken when it is.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let Some(deadline) = self.phase.deadline(&self.limits, context) else {
            return false;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(context).is_ready()
    }

    fn wrote(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(1..)) = written {
            self.phase.wrote();
        }
        written
    }
}

impl<C: Read + Unpin> Read for ReadTimeout<C> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let read = self.connection().poll_read(context, buffer);
        match &read {
            Poll::Ready(Ok(())) => self.phase.read(),
            Poll::Pending if self.is_late(context) => {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            Poll::Ready(Err(_)) | Poll::Pending => {}
        }
        read
    }
}

impl<C: Write + Unpin> Write for ReadTimeout<C> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.connection().poll_write(context, buffer);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.connection().poll_write_vectored(context, buffers);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.connection.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.connection().poll_shutdown(context)
    }
}
