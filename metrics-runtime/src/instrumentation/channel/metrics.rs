//! The roles, and the metric set that comes with them.

use std::borrow::Cow;

use crate::{
    Counter, Histogram, LabelSet, MetricSet, ObservableGauge, ObservableUpDownCounter,
    roles::{Count, Distribution, Items, Level, Ratio, Seconds},
};

/// What is measured of a channel.
///
/// ```
/// use osapi_metrics::{
///     Histogram, MetricSet,
///     instrumentation::channel::{ChannelRoles, channel_in},
/// };
///
/// /// The one channel of a program.
/// #[derive(MetricSet)]
/// #[metric_set(roles(of = ChannelRoles), allow(non_base_units))]
/// struct Inbox {
///     /// Time that messages waited for room.
///     #[metric(unit = "ms", buckets = [1, 10, 100, 1000], on = wait)]
///     inbox_wait_milliseconds: Histogram,
/// }
///
/// let (sender, _receiver) = channel_in::<Inbox, &str>(8, &());
/// sender.try_send("hello").unwrap();
/// ```
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ChannelRoles {
    /// Messages that the channel can hold:
    /// [`max_capacity`](tokio::sync::mpsc::Sender::max_capacity). Absent once the channel is
    /// closed.
    pub capacity: Level<Items>,
    /// Share of the capacity that is used, from 0 to 1. Absent once the channel is closed.
    pub usage: Level<Ratio>,
    /// Messages in the channel, and permits that are reserved. Absent once the channel is closed.
    pub used: Level<Items>,
    /// Sends and reservations that found the channel full: a `try_send` that failed for it, and a
    /// `send` that had to wait, whether it was sent, timed out, or was cancelled.
    pub full: Count,
    /// Time that sends and reservations waited for room, including sends that timed out or were
    /// cancelled. Sends that found room are not among the values.
    pub wait: Distribution<Seconds>,
}

/// The channels of this process that were made with [`channel()`](super::channel()).
///
/// The [module](super) lists the metrics.
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "osapi_channel",
    roles(of = ChannelRoles, labels = ChannelLabels),
    crate = "crate"
)]
pub struct ChannelMetrics {
    /// Messages that the channel can hold.
    #[metric(unit = "{message}", on = capacity)]
    capacity: ObservableUpDownCounter<ChannelLabels>,

    /// Messages in the channel, and reserved permits.
    #[metric(unit = "{message}", on = used)]
    used: ObservableUpDownCounter<ChannelLabels>,

    /// Share of the channel's capacity that is used.
    #[metric(unit = "1", on = usage)]
    usage_ratio: ObservableGauge<ChannelLabels>,

    /// Sends and reservations that found the channel full.
    #[metric(unit = "{send}", on = full)]
    full_total: Counter<ChannelLabels>,

    /// Time that sends and reservations waited for room in the channel.
    #[metric(
        unit = "s",
        buckets = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
        on = wait,
    )]
    wait_seconds: Histogram<ChannelLabels>,
}

#[derive(Clone, Debug, LabelSet)]
#[label(crate = "crate")]
pub struct ChannelLabels {
    #[label(max = 100)]
    pub(super) channel: Cow<'static, str>,
}
