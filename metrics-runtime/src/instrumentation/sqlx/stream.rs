//! The streams of results.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use sqlx::{Database, Error};

use super::{
    Operation,
    driver::{BoxFuture, BoxStream},
    query::{Query, Session},
};

/// The results of a query, which begins when the stream is polled and ends with the stream.
pub(super) struct ObservedResults<'e, DB: Database, T> {
    pub(super) results: BoxStream<'e, Result<T, Error>>,
    pub(super) session: &'e Session<DB>,
    pub(super) operation: Operation,
    /// How many rows a result is; absent for a query whose rows are not read.
    pub(super) rows_of: Option<fn(&T) -> u64>,
    pub(super) state: StreamState<'e>,
}

/// Where a stream of results is.
#[derive(Default)]
pub(super) enum StreamState<'e> {
    #[default]
    New,
    Running(Query<'e>),
    Ended,
}

impl<DB: Database, T> Stream for ObservedResults<'_, DB, T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match this.state {
            StreamState::New => {
                let mut query = this.session.begin(this.operation);
                if this.rows_of.is_some() {
                    query.returned(0);
                }
                this.state = StreamState::Running(query);
            }
            StreamState::Running(_) => {}
            StreamState::Ended => return Poll::Ready(None),
        }
        let result = ready!(this.results.as_mut().poll_next(cx));
        if let (Some(Ok(item)), StreamState::Running(query)) = (&result, &mut this.state) {
            if let Some(rows_of) = this.rows_of {
                query.returned(rows_of(item));
            }
        } else if let StreamState::Running(query) =
            std::mem::replace(&mut this.state, StreamState::Ended)
        {
            query.end(match &result {
                Some(Err(error)) => Err(error),
                _ => Ok(&()),
            });
        }
        Poll::Ready(result)
    }
}

/// The next item of a stream.
pub(super) async fn next<T>(stream: &mut BoxStream<'_, T>) -> Option<T> {
    poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}

/// A stream of the items that a future sends: the future can own what the items come from.
pub(super) struct SentItems<'a, T> {
    /// Absent when the future has ended.
    future: Option<BoxFuture<'a, ()>>,
    item: Arc<Mutex<Option<T>>>,
}

/// Sends the items of a stream.
pub(super) struct ItemSender<T>(Arc<Mutex<Option<T>>>);

impl<'a, T> SentItems<'a, T> {
    /// The items that a future sends.
    pub(super) fn of<F>(send: impl FnOnce(ItemSender<T>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'a,
    {
        let item = Arc::<Mutex<Option<T>>>::default();
        Self { future: Some(Box::pin(send(ItemSender(Arc::clone(&item))))), item }
    }
}

impl<T> ItemSender<T> {
    /// Sends an item, and returns when the next item is asked for.
    pub(super) async fn send(&self, item: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(item);
        // The stream returns the item instead of waiting for a waker.
        let mut sent = false;
        poll_fn(
            |_| if std::mem::replace(&mut sent, true) { Poll::Ready(()) } else { Poll::Pending },
        )
        .await;
    }
}

impl<T> Stream for SentItems<'_, T> {
    type Item = T;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = self.get_mut();
        let Some(future) = &mut this.future else { return Poll::Ready(None) };
        let ended = future.as_mut().poll(cx).is_ready();
        if ended {
            this.future = None;
        }
        let item = this.item.lock().unwrap_or_else(PoisonError::into_inner).take();
        if item.is_some() || ended { Poll::Ready(item) } else { Poll::Pending }
    }
}
