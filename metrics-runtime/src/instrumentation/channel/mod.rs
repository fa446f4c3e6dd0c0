//! Bounded channels of tokio that show how full they are, and how long sends wait for room.
//!
//! [`channel()`] takes the place of [`tokio::sync::mpsc::channel`]. The receiver is tokio's, and
//! the [`Sender`] has the methods of tokio's sender with tokio's errors and permits:
//!
//! ```
//! use osapi_metrics::instrumentation::channel;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let (sender, mut receiver) = channel::channel(100, "orders");
//! sender.send("two apples").await.unwrap();
//! assert_eq!(receiver.recv().await, Some("two apples"));
//! # }
//! ```
//!
//! # Metrics
//!
//! | metric | kind | meaning |
//! |---|---|---|
//! | `osapi_channel_capacity` | observable up-down counter | messages that the channel can hold |
//! | `osapi_channel_used` | observable up-down counter | messages in the channel, and reserved permits |
//! | `osapi_channel_usage_ratio` | observable gauge | share of the capacity that is used, from 0 to 1 |
//! | `osapi_channel_full_total` | counter | sends and reservations that found the channel full |
//! | `osapi_channel_wait_seconds` | histogram | time that sends and reservations waited for room |
//!
//! All have the label `channel` with the name that is given to [`channel()`]; names beyond 100
//! share the overflow series. The set is [`ChannelMetrics`]. The names are of this crate:
//! OpenTelemetry has no semantic conventions for channels inside a process.
//!
//! The first three are read from the channel when metrics are collected, through a
//! [weak sender](tokio::sync::mpsc::WeakSender): an observed channel closes when its last sender is
//! dropped, as any other. Their series end when the channel closes. Channels of one name share
//! their series: capacities and messages are summed up, and the ratio is the ratio of the channel
//! that was made last.
//!
//! # Cost
//!
//! A message that finds room has no cost beyond tokio's own: no clock is read, and nothing is
//! counted. Only a send that has to wait reads the clock, when it begins to wait and when the wait
//! ends. A send that is cancelled while it waits has found the channel full, and its wait is
//! recorded as well. A send that yields because its task has used up its
//! [budget](tokio::task::coop) does not wait for room and is not counted.
//!
//! # Differences from tokio's channel
//!
//! The observation holds weak senders, which
//! [`Receiver::sender_weak_count`](tokio::sync::mpsc::Receiver::sender_weak_count) counts as well.
//! A library that asks for a sender of tokio itself cannot have this one.
//!
//! # Names of your own
//!
//! [`channel_in`] records in a set of the service, whose metrics have the roles of
//! [`ChannelRoles`]. See [roles](crate::roles).
//!
//! ```
//! use osapi_metrics::{
//!     Counter, LabelSet, MetricSet, ObservableGauge,
//!     instrumentation::channel::{ChannelRoles, channel_in},
//! };
//!
//! #[derive(Clone, LabelSet)]
//! struct Mailbox {
//!     #[label(max = 20)]
//!     mailbox: &'static str,
//! }
//!
//! /// The mailboxes of the actors.
//! #[derive(MetricSet)]
//! #[metric_set(prefix = "actor", roles(of = ChannelRoles, labels = Mailbox))]
//! struct MailboxMetrics {
//!     /// Share of an actor's mailbox that is used.
//!     #[metric(unit = "1", on = usage)]
//!     mailbox_usage_ratio: ObservableGauge<Mailbox>,
//!     /// Messages that found an actor's mailbox full.
//!     #[metric(unit = "{message}", on = full)]
//!     mailbox_full_total: Counter<Mailbox>,
//! }
//!
//! let billing = Mailbox { mailbox: "billing" };
//! let (sender, _receiver) = channel_in::<MailboxMetrics, u64>(1, &billing);
//! sender.try_send(1).unwrap();
//! sender.try_send(2).unwrap_err();
//! ```

mod make;
mod metrics;
mod observed;
mod owned_permit;
mod sender;
mod wait;
mod weak_sender;

pub use {
    make::{channel, channel_in},
    metrics::{ChannelMetrics, ChannelRoles},
    owned_permit::OwnedPermit,
    sender::Sender,
    weak_sender::WeakSender,
};
