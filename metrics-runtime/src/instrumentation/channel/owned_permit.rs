//! Room for one message that owns its sender.

use std::{fmt, sync::Arc};

use tokio::sync::mpsc::{
    self,
    error::{SendError, TrySendError},
};

use super::{Sender, observed::ObservedChannel, wait::take_room};

/// Room for one message, which owns its sender: the result of [`Sender::reserve_owned`].
///
/// ```
/// use osapi_metrics::instrumentation::channel;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (sender, mut receiver) = channel::channel(1, "owned permit");
/// let permit = sender.reserve_owned().await.unwrap();
/// let sender = permit.send("hello");
/// assert_eq!(receiver.recv().await, Some("hello"));
/// # drop(sender);
/// # }
/// ```
pub struct OwnedPermit<T> {
    pub(super) permit: mpsc::OwnedPermit<T>,
    pub(super) channel: Arc<ObservedChannel>,
}

impl<T> OwnedPermit<T> {
    /// Sends a message into the reserved room, and returns the sender.
    pub fn send(self, value: T) -> Sender<T> {
        Sender { sender: self.permit.send(value), channel: self.channel }
    }

    /// Gives the room back, and returns the sender.
    pub fn release(self) -> Sender<T> {
        Sender { sender: self.permit.release(), channel: self.channel }
    }
}

impl<T> Sender<T> {
    /// Reserves room for one message, in a permit that owns this sender. See
    /// [`tokio::sync::mpsc::Sender::reserve_owned`].
    ///
    /// # Errors
    ///
    /// Fails if the receiver is closed or dropped.
    pub async fn reserve_owned(self) -> Result<OwnedPermit<T>, SendError<()>> {
        let Self { sender, channel } = self;
        let permit = take_room(&channel, sender.reserve_owned()).await?;
        Ok(OwnedPermit { permit, channel })
    }

    /// Reserves room for one message if there is room now, in a permit that owns this sender. See
    /// [`tokio::sync::mpsc::Sender::try_reserve_owned`].
    ///
    /// # Errors
    ///
    /// Fails if there is no room, or if the receiver is closed or dropped. The error has the
    /// sender.
    pub fn try_reserve_owned(self) -> Result<OwnedPermit<T>, TrySendError<Self>> {
        let Self { sender, channel } = self;
        match sender.try_reserve_owned() {
            Ok(permit) => Ok(OwnedPermit { permit, channel }),
            Err(TrySendError::Full(sender)) => {
                channel.roles.full.inc(&());
                Err(TrySendError::Full(Self { sender, channel }))
            }
            Err(TrySendError::Closed(sender)) => {
                Err(TrySendError::Closed(Self { sender, channel }))
            }
        }
    }
}

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").finish_non_exhaustive()
    }
}
