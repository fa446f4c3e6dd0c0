//! The roles of this instrumentation, and what their values are about.

use crate::{
    LabelValue,
    roles::{Count, Distribution, Items, Level, Seconds},
};

/// What a [`Queue`](super::Queue) measures.
///
/// A set of your own names a role with `on = …`; see [the module](super#names-of-your-own). Times
/// are in seconds, numbers of messages are numbers of items.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct QueueRoles {
    /// Messages that were sent. A message of [`send_on`](super::Queue::send_on) counts when its
    /// statement has succeeded, whether or not its transaction is committed.
    pub sent: Count,
    /// Messages that were received.
    pub received: Count,
    /// Messages that were deleted.
    pub deleted: Count,
    /// Messages that were moved to the archive.
    pub archived: Count,
    /// Messages that were received again: with a read count above 1.
    pub retries: Count,
    /// Messages that became visible again, because their visibility timed out before they were
    /// deleted or archived, and were then received. PGMQ keeps no other trace of a time-out.
    pub visibility_timeouts: Count,
    /// Operations that failed or were cancelled, and messages that were
    /// [rejected](super::Queue::reject).
    pub errors: Count<QueueOperation>,
    /// Time to send one message or one batch.
    pub send_duration: Distribution<Seconds, QueueOperation>,
    /// Time to receive messages, also where there are none.
    pub receive_duration: Distribution<Seconds, QueueOperation>,
    /// Time of any operation: to send, to receive, to delete, to archive and so on.
    pub operation_duration: Distribution<Seconds, QueueOperation>,
    /// Messages in the queue, by the last [sample](super::Queue::sample).
    pub depth: Level<Items>,
    /// Messages in the queue that a read would return, by the last sample.
    pub visible_depth: Level<Items>,
    /// Time that the oldest message was in the queue at the last sample; absent for an empty queue.
    pub age: Level<Seconds>,
    /// Time since the last sample.
    pub sample_age: Level<Seconds>,
}

/// An operation on a queue that has ended: the context of the roles of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct QueueOperation {
    /// What was done.
    pub verb: QueueVerb,
    /// The class of the error, of [`error_type`](super::super::sqlx::error_type()), `cancelled` if
    /// the future was dropped before its end, `timed_out` for a sample, or `rejected` for a message
    /// that its receiver cannot use; absent for a success.
    pub error_type: Option<&'static str>,
}

impl QueueOperation {
    /// A message that its receiver cannot use.
    pub(super) const REJECTED: Self =
        Self { verb: QueueVerb::Receive, error_type: Some("rejected") };
}

/// What is done to a queue: the label `messaging.operation.name`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum QueueVerb {
    /// The queue is created.
    Create,
    /// Messages are sent.
    Send,
    /// Messages are received.
    Receive,
    /// A message is deleted.
    Delete,
    /// A message is moved to the archive.
    Archive,
    /// The visibility of a message is changed.
    Extend,
    /// The depth of the queue is read.
    Sample,
}
