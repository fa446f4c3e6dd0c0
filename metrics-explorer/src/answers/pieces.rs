//! Answers that are written while they are read.

use std::{
    fmt, mem,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

/// Pieces of an answer, each of which is written on a thread for blocking work when it is asked
/// for, so that none of them waits in memory for a reader that is slow or has gone.
///
/// ```
/// use std::future::poll_fn;
///
/// use osapi_metrics_explorer::Pieces;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
/// # runtime.block_on(async {
/// let mut pieces = Pieces::new(["{", "}"].into_iter().map(Into::into));
/// assert_eq!(poll_fn(|context| pieces.poll_next(context)).await.unwrap().unwrap(), "{");
/// assert_eq!(poll_fn(|context| pieces.poll_next(context)).await.unwrap().unwrap(), "}");
/// assert!(poll_fn(|context| pieces.poll_next(context)).await.is_none());
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Pieces(Step);

type Source = Box<dyn Iterator<Item = Bytes> + Send>;

enum Step {
    /// The next piece has to be asked for.
    Waiting(Source),
    Writing(JoinHandle<(Source, Option<Bytes>)>),
    Ended,
}

/// A piece could not be written: what writes it panicked, or the tokio runtime ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer could not be written to its end")]
pub struct Interrupted;

impl Pieces {
    /// The pieces of an iterator.
    pub fn new(pieces: impl Iterator<Item = Bytes> + Send + 'static) -> Self {
        Self(Step::Waiting(Box::new(pieces)))
    }

    /// The next piece, or `None` after the last one.
    ///
    /// # Errors
    ///
    /// [`Interrupted`], after which there are no more pieces.
    ///
    /// # Panics
    ///
    /// If it is called outside of a tokio runtime.
    pub fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Interrupted>>> {
        let mut writing = match mem::replace(&mut self.0, Step::Ended) {
            Step::Ended => return Poll::Ready(None),
            Step::Writing(writing) => writing,
            Step::Waiting(mut source) => spawn_blocking(move || {
                let piece = source.next();
                (source, piece)
            }),
        };
        let Poll::Ready(written) = Pin::new(&mut writing).poll(context) else {
            self.0 = Step::Writing(writing);
            return Poll::Pending;
        };
        let Ok((source, piece)) = written else { return Poll::Ready(Some(Err(Interrupted))) };
        if piece.is_some() {
            self.0 = Step::Waiting(source);
        }
        Poll::Ready(piece.map(Ok))
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = match self.0 {
            Step::Waiting(_) => "waiting",
            Step::Writing(_) => "writing",
            Step::Ended => "ended",
        };
        f.debug_tuple("Pieces").field(&step).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, iter};

    use super::*;

    #[tokio::test]
    async fn an_answer_that_cannot_be_written_to_its_end_does_not_look_like_a_whole_one() {
        let mut written = 0;
        let mut pieces = Pieces::new(iter::from_fn(move || {
            written += 1;
            assert!(written < 3, "the third piece cannot be written");
            Some(Bytes::from_static(b"piece"))
        }));
        for expected in [Some(Ok("piece")), Some(Ok("piece")), Some(Err(Interrupted)), None] {
            let next = poll_fn(|context| pieces.poll_next(context)).await;
            assert_eq!(next, expected.map(|piece| piece.map(Bytes::from)));
        }
    }
}
