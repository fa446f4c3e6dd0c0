//! The metric set and its labels, declared as in any other crate.

use std::borrow::Cow;

use super::NatsRoles;
use crate::{LabelSet, MetricSet, ObservableCounter, ObservableGauge};

/// The clients of NATS that this process observes.
///
/// | metric | meaning |
/// |---|---|
/// | `osapi_nats_connected` | 1 if the client is connected, 0 if it is not, not yet, or no longer |
/// | `osapi_nats_reconnects_total` | connections that were made after the first |
/// | `osapi_nats_received_messages_total` | messages that the server sent, with the replies to the client's own requests |
/// | `osapi_nats_sent_messages_total` | messages that were published |
/// | `osapi_nats_received_bytes_total` | bytes read from the connection |
/// | `osapi_nats_sent_bytes_total` | bytes written to the connection, with the bytes of published messages counted twice |
///
/// All metrics have the label `client` with the name of [`observe_named`](super::observe_named);
/// the label is absent for [`observe`](super::observe()). Names beyond 100 share the overflow
/// series.
///
/// The counts are the client's [`Statistics`](async_nats::Statistics). Contrary to their
/// documentation, they count the bytes of the whole protocol, as [ADR-40] of NATS requires; and
/// version 0.51 counts subject, reply and payload of a published message twice among the sent
/// bytes. Use the bytes as a trend, not as an account of traffic.
///
/// [ADR-40]: https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-40.md
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "osapi_nats",
    roles(of = NatsRoles, labels = ClientLabels),
    crate = "crate"
)]
pub struct NatsMetrics {
    /// Whether the NATS client is connected: 1 or 0.
    #[metric(on = connected)]
    connected: ObservableGauge<ClientLabels, u64>,

    /// Connections that the NATS client has made after its first.
    #[metric(unit = "{reconnect}", on = reconnects)]
    reconnects_total: ObservableCounter<ClientLabels>,

    /// Messages that the NATS client has received.
    #[metric(unit = "{message}", on = received_messages)]
    received_messages_total: ObservableCounter<ClientLabels>,

    /// Messages that the NATS client has sent.
    #[metric(unit = "{message}", on = sent_messages)]
    sent_messages_total: ObservableCounter<ClientLabels>,

    /// Bytes that the NATS client has received, as it counts them.
    #[metric(unit = "By", on = received_bytes)]
    received_bytes_total: ObservableCounter<ClientLabels>,

    /// Bytes that the NATS client has sent, as it counts them.
    #[metric(unit = "By", on = sent_bytes)]
    sent_bytes_total: ObservableCounter<ClientLabels>,
}

/// The labels of [`NatsMetrics`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, LabelSet)]
#[label(crate = "crate")]
pub struct ClientLabels {
    /// The name of the client.
    #[label(max = 100)]
    pub client: Option<Cow<'static, str>>,
}
