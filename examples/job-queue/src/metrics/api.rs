use osapi_metrics::{
    Counter, LabelSet, LabelValue, MetricSet, ObservableGauge, UpDownCounter,
    instruments::{CounterSeries, Observation, UpDownGuard},
};

use super::labels::PriorityLabels;
use crate::job::{Priority, Service};

/// Why a connection to the events has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, LabelValue, LabelSet)]
#[label(key = "reason")]
pub enum DisconnectReason {
    /// The client closed it.
    Closed,
    /// It broke, or the client does not answer any more.
    Vanished,
    /// The client does not read.
    TooSlow,
    /// The service stops.
    Stopped,
}

/// Who uses the API, beside the requests that the HTTP server counts.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `websocket_connections` | | connections that receive events |
/// | `websocket_disconnects_total` | `reason`: `closed`, `vanished`, `too_slow`, `stopped` | connections that have ended |
/// | `websocket_events_sent_total` | | events sent, of all connections |
/// | `websocket_events_missed_total` | | events that came faster than a client read them |
/// | `active_users` | | users that the API has heard of lately |
///
/// ```
/// use job_queue::metrics::{ApiMetrics, DisconnectReason};
///
/// let connected = ApiMetrics::global().connected();
/// // One connection less when this is dropped, in whatever way the connection ends.
/// drop(connected);
/// ApiMetrics::global().disconnected(DisconnectReason::Closed);
/// ```
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "")]
pub struct ApiMetrics {
    /// WebSocket connections that are open.
    #[metric(unit = "{connection}")]
    websocket_connections: UpDownCounter,
    /// WebSocket connections that have ended, by reason.
    #[metric(unit = "{connection}")]
    websocket_disconnects_total: Counter<DisconnectReason>,
    /// Events sent over WebSocket connections.
    #[metric(unit = "{event}")]
    websocket_events_sent_total: Counter,
    /// Events that came faster than a client read them.
    #[metric(unit = "{event}")]
    websocket_events_missed_total: Counter,
    /// Users that the API has heard of lately.
    #[metric(unit = "{user}")]
    active_users: ObservableGauge<(), u64>,
}

impl ApiMetrics {
    /// A connection, until the returned value is dropped.
    pub fn connected(&self) -> UpDownGuard {
        self.websocket_connections.guard()
    }

    /// Counts the end of a connection.
    pub fn disconnected(&self, reason: DisconnectReason) {
        self.websocket_disconnects_total.with(reason).inc();
    }

    /// Counts events that were sent.
    pub fn events_sent(&self) -> CounterSeries {
        self.websocket_events_sent_total.with(())
    }

    /// Counts events that a client missed.
    pub fn events_missed(&self) -> CounterSeries {
        self.websocket_events_missed_total.with(())
    }

    /// Observes the number of active users until the returned value is dropped.
    pub fn observe_users(&self, count: impl Fn() -> u64 + Send + Sync + 'static) -> Observation {
        self.active_users.observe(count)
    }
}

/// Jobs that clients hand in and call off.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `jobs_submitted_total` | `service`, `priority` | jobs that the queue has taken |
/// | `jobs_cancelled_total` | | jobs that a client cancelled before their end |
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "")]
pub struct SubmissionMetrics {
    /// Jobs submitted, by service and priority.
    #[metric(unit = "{job}")]
    jobs_submitted_total: Counter<PriorityLabels>,
    /// Jobs that a client cancelled.
    #[metric(unit = "{job}")]
    jobs_cancelled_total: Counter,
}

impl SubmissionMetrics {
    /// Counts a job that the queue has taken.
    pub fn count(&self, service: Service, priority: Priority) {
        self.jobs_submitted_total.with(PriorityLabels { service, priority }).inc();
    }

    /// Counts a job that a client cancelled.
    pub fn cancelled(&self) {
        self.jobs_cancelled_total.inc();
    }
}

#[cfg(test)]
mod tests {
    use osapi_metrics::testing;

    use super::*;

    #[test]
    fn connections_and_users_are_recorded() {
        let captured = testing::capture_thread();
        let metrics = ApiMetrics::global();
        let connections = [metrics.connected(), metrics.connected()];
        assert_eq!(captured.up_down_counter("websocket_connections", &[]), 2);
        drop(connections);
        metrics.disconnected(DisconnectReason::TooSlow);
        metrics.events_sent().inc();
        metrics.events_missed().add(3);
        assert_eq!(captured.up_down_counter("websocket_connections", &[]), 0);
        let slow = [("reason", "too_slow")];
        assert_eq!(captured.counter("websocket_disconnects_total", &slow), 1);
        let _observation = metrics.observe_users(|| 7);
        assert_eq!(captured.gauge("active_users", &[]).unwrap(), 7);
        captured.assert_covers::<ApiMetrics>();
    }

    #[test]
    fn jobs_are_counted_where_clients_hand_them_in() {
        let captured = testing::capture_thread();
        SubmissionMetrics::global().count(Service::Hash, Priority::High);
        SubmissionMetrics::global().cancelled();
        let labels = [("service", "hash"), ("priority", "high")];
        assert_eq!(captured.counter("jobs_submitted_total", &labels), 1);
        captured.assert_covers::<SubmissionMetrics>();
    }
}
