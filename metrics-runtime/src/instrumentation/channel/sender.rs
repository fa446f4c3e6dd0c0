//! The sender, with the methods of tokio's sender.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    sync::mpsc::{
        self, Permit, PermitIterator,
        error::{SendError, SendTimeoutError, TrySendError},
    },
    time::timeout,
};

use super::{
    observed::ObservedChannel,
    wait::{Wait, take_room},
};

/// Sends messages into a channel that is observed: [`tokio::sync::mpsc::Sender`], whose methods and
/// errors it has.
///
/// ```
/// use osapi_metrics::instrumentation::channel;
///
/// let (sender, mut receiver) = channel::channel(10, "numbers");
/// let other = sender.clone();
/// std::thread::spawn(move || other.blocking_send(7).unwrap()).join().unwrap();
/// assert_eq!(receiver.blocking_recv(), Some(7));
/// # drop(sender);
/// ```
pub struct Sender<T> {
    pub(super) sender: mpsc::Sender<T>,
    pub(super) channel: Arc<ObservedChannel>,
}

impl<T> Sender<T> {
    /// Sends a message, and waits for room if there is none. See
    /// [`tokio::sync::mpsc::Sender::send`].
    ///
    /// # Errors
    ///
    /// Fails if the receiver is closed or dropped. The error has the message.
    ///
    /// # Cancellation
    ///
    /// A message whose send is cancelled is not sent.
    pub async fn send(&self, value: T) -> Result<(), SendError<T>> {
        take_room(&self.channel, self.sender.send(value)).await
    }

    /// Sends a message if there is room now. See [`tokio::sync::mpsc::Sender::try_send`].
    ///
    /// # Errors
    ///
    /// Fails if there is no room, or if the receiver is closed or dropped. The error has the
    /// message.
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        self.counted(self.sender.try_send(value))
    }

    /// Sends a message, and waits for room no longer than `limit`. See
    /// [`tokio::sync::mpsc::Sender::send_timeout`].
    ///
    /// # Errors
    ///
    /// Fails if there is no room in time, or if the receiver is closed or dropped. The error has
    /// the message.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime, and in one without timers.
    pub async fn send_timeout(&self, value: T, limit: Duration) -> Result<(), SendTimeoutError<T>> {
        match timeout(limit, self.reserve()).await {
            Ok(Ok(permit)) => {
                permit.send(value);
                Ok(())
            }
            Ok(Err(_)) => Err(SendTimeoutError::Closed(value)),
            Err(_) => Err(SendTimeoutError::Timeout(value)),
        }
    }

    /// Sends a message from a thread outside of async code, and blocks the thread until there is
    /// room. See [`tokio::sync::mpsc::Sender::blocking_send`].
    ///
    /// A wait is not recorded if another thread takes the last room in the moment in which this
    /// send begins.
    ///
    /// # Errors
    ///
    /// Fails if the receiver is closed or dropped. The error has the message.
    ///
    /// # Panics
    ///
    /// Panics in async code.
    #[track_caller]
    pub fn blocking_send(&self, value: T) -> Result<(), SendError<T>> {
        // tokio's own method, because only it can check that blocking is allowed here.
        let is_full = self.sender.capacity() == 0 && !self.sender.is_closed();
        let _wait = is_full.then(|| Wait::begin(&self.channel));
        self.sender.blocking_send(value)
    }

    /// Reserves room for one message, and waits for it if there is none. See
    /// [`tokio::sync::mpsc::Sender::reserve`].
    ///
    /// # Errors
    ///
    /// Fails if the receiver is closed or dropped.
    pub async fn reserve(&self) -> Result<Permit<'_, T>, SendError<()>> {
        take_room(&self.channel, self.sender.reserve()).await
    }

    /// Reserves room for `n` messages, and waits for it if there is less. See
    /// [`tokio::sync::mpsc::Sender::reserve_many`].
    ///
    /// # Errors
    ///
    /// Fails if the receiver is closed or dropped, or if `n` is larger than the capacity of the
    /// channel.
    pub async fn reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, SendError<()>> {
        take_room(&self.channel, self.sender.reserve_many(n)).await
    }

    /// Reserves room for one message if there is room now. See
    /// [`tokio::sync::mpsc::Sender::try_reserve`].
    ///
    /// # Errors
    ///
    /// Fails if there is no room, or if the receiver is closed or dropped.
    pub fn try_reserve(&self) -> Result<Permit<'_, T>, TrySendError<()>> {
        self.counted(self.sender.try_reserve())
    }

    /// Reserves room for `n` messages if there is as much now. See
    /// [`tokio::sync::mpsc::Sender::try_reserve_many`].
    ///
    /// # Errors
    ///
    /// Fails if there is less room, or if the receiver is closed or dropped.
    pub fn try_reserve_many(&self, n: usize) -> Result<PermitIterator<'_, T>, TrySendError<()>> {
        self.counted(self.sender.try_reserve_many(n))
    }

    /// Waits until the receiver is closed or dropped. See [`tokio::sync::mpsc::Sender::closed`].
    pub async fn closed(&self) {
        self.sender.closed().await;
    }

    /// Whether the receiver is closed or dropped.
    pub fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// The number of messages for which there is room now.
    pub fn capacity(&self) -> usize {
        self.sender.capacity()
    }

    /// The number of messages for which there is room in the empty channel.
    pub fn max_capacity(&self) -> usize {
        self.sender.max_capacity()
    }

    /// Whether both send into the same channel.
    pub fn same_channel(&self, other: &Self) -> bool {
        self.sender.same_channel(&other.sender)
    }

    /// The number of senders, without weak senders.
    pub fn strong_count(&self) -> usize {
        self.sender.strong_count()
    }

    /// Counts an attempt that found the channel full.
    fn counted<R, V>(&self, result: Result<R, TrySendError<V>>) -> Result<R, TrySendError<V>> {
        if matches!(result, Err(TrySendError::Full(_))) {
            self.channel.roles.full.inc(&());
        }
        result
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), channel: Arc::clone(&self.channel) }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("capacity", &self.sender.max_capacity())
            .field("used", &(self.sender.max_capacity() - self.sender.capacity()))
            .finish_non_exhaustive()
    }
}
