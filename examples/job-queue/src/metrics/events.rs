use osapi_metrics::{Counter, LabelSet, LabelValue, MetricSet};

/// The events that clients receive over WebSocket.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `websocket_events_sent_total` | | events that were sent to clients |
/// | `websocket_events_missed_total` | | events that clients missed because they read too slowly |
/// | `websocket_disconnections_total` | `reason` | connections that ended |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "")]
pub struct EventMetrics {
    /// Events sent to clients.
    #[metric(unit = "{event}")]
    pub websocket_events_sent_total: Counter,
    /// Events that clients missed because they read too slowly.
    #[metric(unit = "{event}")]
    pub websocket_events_missed_total: Counter,
    /// Connections with events that ended, by reason.
    #[metric(unit = "{connection}")]
    pub websocket_disconnections_total: Counter<DisconnectReason>,
}

/// Why a connection with events has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, LabelSet)]
#[label(key = "reason")]
pub enum DisconnectReason {
    /// The client said goodbye.
    Closed,
    /// The client is gone, or does not answer.
    Vanished,
    /// The client did not accept a message in time.
    TooSlow,
    /// The service stopped.
    Stopped,
}
