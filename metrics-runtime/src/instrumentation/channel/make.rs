//! New channels.

use std::{borrow::Cow, sync::Arc};

use tokio::sync::mpsc::{self, Receiver};

use super::{
    ChannelMetrics, ChannelRoles, Sender, metrics::ChannelLabels, observed::ObservedChannel,
};
use crate::roles::RecordRoles;

/// Makes a bounded channel and records the [`ChannelMetrics`] of this name.
///
/// # Panics
///
/// Panics if the capacity is 0 or larger than
/// [`Semaphore::MAX_PERMITS`](tokio::sync::Semaphore::MAX_PERMITS), as
/// [`tokio::sync::mpsc::channel`] does.
///
/// ```
/// use osapi_metrics::instrumentation::channel;
///
/// let (sender, _receiver) = channel::channel(2, "letters");
/// sender.try_send('a').unwrap();
/// assert_eq!((sender.capacity(), sender.max_capacity()), (1, 2));
/// ```
#[track_caller]
pub fn channel<T: Send + 'static>(
    capacity: usize,
    name: impl Into<Cow<'static, str>>,
) -> (Sender<T>, Receiver<T>) {
    channel_in::<ChannelMetrics, T>(capacity, &ChannelLabels { channel: name.into() })
}

/// Makes a bounded channel and records it in the set `S`, under the names of that set.
///
/// # Panics
///
/// Panics if the capacity is 0 or larger than
/// [`Semaphore::MAX_PERMITS`](tokio::sync::Semaphore::MAX_PERMITS), as
/// [`tokio::sync::mpsc::channel`] does.
///
/// ```
/// use osapi_metrics::{
///     MetricSet, ObservableGauge,
///     instrumentation::channel::{ChannelRoles, channel_in},
/// };
///
/// /// The one channel of a program.
/// #[derive(MetricSet)]
/// #[metric_set(roles(of = ChannelRoles))]
/// struct Inbox {
///     /// Messages in the inbox.
///     #[metric(unit = "{message}", on = used)]
///     inbox_messages: ObservableGauge,
/// }
///
/// let (sender, _receiver) = channel_in::<Inbox, &str>(8, &());
/// sender.try_send("hello").unwrap();
/// ```
#[track_caller]
pub fn channel_in<S, T>(capacity: usize, labels: &S::Labels) -> (Sender<T>, Receiver<T>)
where
    S: RecordRoles<ChannelRoles>,
    T: Send + 'static,
{
    let (sender, receiver) = mpsc::channel(capacity);
    let channel = Arc::new(ObservedChannel::observe(&sender, S::global().roles(labels)));
    (Sender { sender, channel }, receiver)
}
