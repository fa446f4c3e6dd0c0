//! The roles of this instrumentation.

use crate::roles::{Bytes, Items, Level, Total};

/// What is measured of the clients that are observed with the same labels.
///
/// A set of your own names a role with `on = …`; see [the module](super#names-of-your-own). Counts
/// begin with the observation, and are those of the client's
/// [`Statistics`](async_nats::Statistics): [`NatsMetrics`](super::NatsMetrics) says what its bytes
/// are.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct NatsRoles {
    /// 1 if the client is connected, 0 if it is not, not yet, or no longer. Of several clients, 1
    /// if all of them are connected.
    pub connected: Level<Items>,
    /// Connections that were made after the first.
    pub reconnects: Total<Items>,
    /// Messages that the server sent, with the replies to the client's own requests.
    pub received_messages: Total<Items>,
    /// Messages that were published.
    pub sent_messages: Total<Items>,
    /// Bytes that were read from the connection.
    pub received_bytes: Total<Bytes>,
    /// Bytes that were written to the connection, with the bytes of published messages counted
    /// twice.
    pub sent_bytes: Total<Bytes>,
}
