//! Channels, and the observation of their fill level.

use std::{borrow::Cow, sync::Arc};

use tokio::sync::mpsc::{self, Receiver};

use super::{ChannelMetrics, ChannelRoles, Sender, metrics::ChannelLabels};
use crate::roles::{Dimension, Level, Observations, RecordRoles};

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
    let channel = Arc::new(Channel::observe(&sender, S::global().roles(labels)));
    (Sender { sender, channel }, receiver)
}

/// What the senders of a channel share.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) roles: ChannelRoles,
    _observations: Observations,
}

impl Channel {
    fn observe<T: Send + 'static>(sender: &mpsc::Sender<T>, roles: ChannelRoles) -> Self {
        let observations = [
            read(&roles.capacity, sender, |sender| sender.max_capacity() as f64),
            read(&roles.used, sender, |sender| used(sender) as f64),
            read(&roles.usage, sender, |sender| used(sender) as f64 / sender.max_capacity() as f64),
        ];
        roles.full.add(&(), 0);
        Self { roles, _observations: observations.into_iter().collect() }
    }
}

/// Reads a value from the channel at each collection. A strong sender lives no longer than the
/// reading, so it does not keep the channel open.
fn read<T: Send + 'static, D: Dimension>(
    level: &Level<D>,
    sender: &mpsc::Sender<T>,
    value: fn(&mpsc::Sender<T>) -> f64,
) -> Observations {
    let weak = sender.downgrade();
    level.observe(move |observer| {
        if let Some(sender) = weak.upgrade()
            && !sender.is_closed()
        {
            observer.observe(&(), value(&sender));
        }
    })
}

fn used<T>(sender: &mpsc::Sender<T>) -> usize {
    sender.max_capacity() - sender.capacity()
}
