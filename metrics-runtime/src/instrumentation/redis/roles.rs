//! The roles of this instrumentation, and what their values are about.

use crate::{
    LabelValue,
    instrumentation::database::{AcquireFailure, Operation},
    roles::{Count, Distribution, Items, Level, Seconds},
};

/// What an [`ObservedConnection`](super::ObservedConnection) measures.
///
/// A set of your own names a role with `on = …`; see [the module](super#names-of-your-own). Times
/// are in seconds, numbers of commands and of connections are numbers of items.
///
/// An *operation* is what the client sends and waits for: a command, or a batch of commands. A
/// *batch* is a pipeline or a transaction.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct RedisRoles {
    /// Time from the first poll of an operation to its end. Batches have the names `PIPELINE` and
    /// `MULTI`, and the class of the error of their first command that has failed.
    pub operation_duration: Distribution<Seconds, Operation>,
    /// Commands that have ended, by themselves and in batches.
    pub commands: Count<Operation>,
    /// Commands that have ended in a batch.
    pub batched_commands: Count<Operation>,
    /// Number of commands of a batch. `MULTI` and `EXEC` do not count.
    pub batch_size: Distribution<Items, BatchKind>,
    /// Operations that were not answered in time.
    pub timeouts: Count,
    /// Operations that have begun and not ended.
    pub in_flight: Level<Items>,
    /// Connections by their state: a connection counts as soon as an operation, or the client, has
    /// shown the state.
    pub connections: Level<Items, LinkState>,
    /// Whether there is a connection, 1 or 0: [`connections`](Self::connections) for a metric
    /// without a label. Absent as long as nothing has shown it.
    pub connected: Level<Items>,
    /// Connections that were known, and broke.
    pub disconnections: Count,
    /// Answers of the server after a disconnection.
    pub reconnections: Count,
    /// Time of [`ConnectionObserver::connect`](super::ConnectionObserver::connect) until there is a
    /// connection. A connection that the client makes by itself is not recorded.
    pub connect: Distribution<Seconds>,
    /// Calls of [`ConnectionObserver::connect`](super::ConnectionObserver::connect) without a
    /// connection.
    pub connect_failures: Count<AcquireFailure>,
    /// Messages that the server sent without a command, and notes of the client, that
    /// [`ObservedPushes`](super::ObservedPushes) has seen.
    pub pushes: Count<PushClass>,
    /// Those of the [`pushes`](Self::pushes) that nobody received.
    pub lost_pushes: Count<PushClass>,
}

/// The state of a connection: the context of [`connections`](RedisRoles::connections).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum LinkState {
    /// The server has answered, and nothing has shown since that the connection is gone.
    Connected,
    /// The connection is gone.
    Disconnected,
}

/// What a batch of commands is: the context of [`batch_size`](RedisRoles::batch_size).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
pub enum BatchKind {
    /// Commands that are sent together.
    Pipeline,
    /// Commands between `MULTI` and `EXEC`.
    Transaction,
}

/// What was pushed: the context of [`pushes`](RedisRoles::pushes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, LabelValue)]
#[label(crate = "crate")]
#[non_exhaustive]
pub enum PushClass {
    /// A message of a channel: to its subscribers, to those of a pattern, or in a shard.
    Message,
    /// The confirmation that a subscription has begun or ended.
    Subscription,
    /// A key that the client caches was changed.
    Invalidation,
    /// The client's note that the connection is gone.
    Disconnection,
    /// Anything else.
    Other,
}
