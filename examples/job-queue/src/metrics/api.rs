use osapi_metrics::{Counter, MetricSet, ObservableGauge, UpDownCounter};

use super::labels::PriorityLabels;

/// What clients do at the API, beside the requests that the HTTP server counts.
///
/// | metric | labels | meaning |
/// |---|---|---|
/// | `websocket_connections` | | connections that receive events |
/// | `active_users` | | users that the API has heard of in the last minutes: see [`ActiveUsers`](super::ActiveUsers) |
/// | `jobs_submitted_total` | `service`, `priority` | jobs that the queue has taken |
/// | `jobs_cancelled_total` | | jobs that a client cancelled before their end |
///
/// ```
/// use job_queue::metrics::ApiMetrics;
///
/// let connection = ApiMetrics::global().websocket_connections.guard();
/// // One connection less when the guard is dropped, in whatever way the connection ends.
/// drop(connection);
/// # use osapi_metrics::MetricSet;
/// ```
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "")]
pub struct ApiMetrics {
    /// WebSocket connections that are open.
    #[metric(unit = "{connection}")]
    pub websocket_connections: UpDownCounter,
    /// Users that the API has heard of in the last minutes.
    #[metric(unit = "{user}")]
    pub(super) active_users: ObservableGauge<(), u64>,
    /// Jobs submitted, by service and priority.
    #[metric(unit = "{job}")]
    pub jobs_submitted_total: Counter<PriorityLabels>,
    /// Jobs that a client cancelled.
    #[metric(unit = "{job}")]
    pub jobs_cancelled_total: Counter,
}
