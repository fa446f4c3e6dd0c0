//! Room for one message that owns its sender.

use std::{fmt, sync::Arc};

use tokio::sync::mpsc;

use super::{Sender, make::Channel};

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
    pub(super) channel: Arc<Channel>,
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

impl<T> fmt::Debug for OwnedPermit<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedPermit").finish_non_exhaustive()
    }
}
