//! A sender that does not keep its channel open.

use std::{fmt, sync::Arc};

use tokio::sync::mpsc;

use super::{Sender, observed::ObservedChannel};

/// A sender that does not keep its channel open, as [`tokio::sync::mpsc::WeakSender`].
///
/// ```
/// use osapi_metrics::instrumentation::channel;
///
/// let (sender, _receiver) = channel::channel::<u8>(1, "weak");
/// let weak = sender.downgrade();
/// assert!(weak.upgrade().is_some());
/// drop(sender);
/// assert!(weak.upgrade().is_none());
/// ```
pub struct WeakSender<T> {
    pub(super) sender: mpsc::WeakSender<T>,
    pub(super) channel: Arc<ObservedChannel>,
}

impl<T> WeakSender<T> {
    /// A sender of the channel, or `None` if the channel has no senders any more.
    pub fn upgrade(&self) -> Option<Sender<T>> {
        let sender = self.sender.upgrade()?;
        Some(Sender { sender, channel: Arc::clone(&self.channel) })
    }
}

impl<T> Sender<T> {
    /// A sender that does not keep the channel open.
    pub fn downgrade(&self) -> WeakSender<T> {
        WeakSender { sender: self.sender.downgrade(), channel: Arc::clone(&self.channel) }
    }
}

impl<T> Clone for WeakSender<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), channel: Arc::clone(&self.channel) }
    }
}

impl<T> fmt::Debug for WeakSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WeakSender").finish_non_exhaustive()
    }
}
