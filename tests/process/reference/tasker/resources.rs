use osapi_metrics::{Counter, Gauge, Histogram, LabelSet, LabelValue, MetricSet, UpDownCounter};

use super::{MILLISECONDS, Namespace};

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum Component {
    FfiCompletion,
    TaskReadiness,
    Pgmq,
}

#[derive(Clone, Copy, Debug, LabelValue)]
pub(crate) enum Channel {
    OrchestrationCommand,
    PgmqNotifications,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct ChannelLabels {
    channel: Channel,
    #[label(max = 20)]
    component: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct EndpointLabels {
    #[label(max = 100)]
    endpoint: String,
}

#[derive(Clone, Debug, LabelSet)]
pub(crate) struct ComponentLabels {
    component: Component,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker")]
pub(crate) struct MessagingMetrics {
    /// Current queue depth per namespace.
    #[metric(name = "tasker.queue.depth", unit = "{message}")]
    depth: Gauge<Namespace, u64>,
    /// Messages sent.
    #[metric(name = "tasker.queue.messages_sent.total", unit = "{message}")]
    sent: Counter,
    /// Messages received.
    #[metric(name = "tasker.queue.messages_received.total", unit = "{message}")]
    received: Counter,
    /// Messages deleted.
    #[metric(name = "tasker.queue.messages_deleted.total", unit = "{message}")]
    deleted: Counter,
    /// Time to send a message, in milliseconds.
    #[metric(name = "tasker.queue.message_send.duration", buckets = MILLISECONDS)]
    send: Histogram,
    /// Time to receive a message, in milliseconds.
    #[metric(name = "tasker.queue.message_receive.duration", buckets = MILLISECONDS)]
    receive: Histogram,
    /// Age of the oldest message.
    #[metric(name = "tasker.queue.age_seconds", unit = "s")]
    age: Gauge,
    /// Messages that became visible again.
    #[metric(name = "tasker.queue.visibility_timeouts.total", unit = "{timeout}")]
    visibility_timeouts: Counter,
    /// Errors of the queue.
    #[metric(name = "tasker.queue.errors.total", unit = "{error}")]
    errors: Counter,
    /// Attempts to deliver a message again.
    #[metric(name = "tasker.queue.retry_attempts.total", unit = "{attempt}")]
    retry_attempts: Counter,
}

#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker")]
pub(crate) struct DatabaseMetrics {
    /// Queries.
    #[metric(name = "tasker.sql.queries.total", unit = "{query}")]
    queries: Counter,
    /// Time of a query, in milliseconds.
    #[metric(name = "tasker.sql.query.duration", buckets = MILLISECONDS)]
    query: Histogram,
    /// Connections in use.
    #[metric(name = "tasker.db.pool.connections_active", unit = "{connection}")]
    connections_active: UpDownCounter,
    /// Connections not in use.
    #[metric(name = "tasker.db.pool.connections_idle", unit = "{connection}")]
    connections_idle: UpDownCounter,
    /// Time until a connection is free, in milliseconds.
    #[metric(name = "tasker.db.pool.wait_duration", buckets = MILLISECONDS)]
    wait: Histogram,
    /// Transactions.
    #[metric(name = "tasker.db.transactions.total", unit = "{transaction}")]
    transactions: Counter,
    /// Time of a transaction, in milliseconds.
    #[metric(name = "tasker.db.transaction.duration", buckets = MILLISECONDS)]
    transaction: Histogram,
}

/// Metrics whose names do not have a common prefix.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "", allow(non_base_units))]
pub(crate) struct ResilienceMetrics {
    /// Current state of the web API database circuit breaker: 0 closed, 1 half-open, 2 open.
    api_circuit_breaker_state: Gauge<(), i64>,
    /// Per-component circuit breaker state: 0 closed, 1 half-open, 2 open.
    tasker_circuit_breaker_state: Gauge<ComponentLabels, i64>,
    /// Total API requests rejected due to open circuit breaker.
    #[metric(unit = "{request}")]
    api_requests_rejected_total: Counter<EndpointLabels>,
    /// FFI completion channel sends exceeding the latency threshold.
    #[metric(unit = "{send}")]
    ffi_completion_slow_sends_total: Counter,
    /// FFI completion operations rejected due to open circuit breaker.
    #[metric(unit = "{rejection}")]
    ffi_completion_circuit_open_rejections_total: Counter,
    /// Current fill percentage of a bounded MPSC channel.
    #[metric(unit = "%")]
    mpsc_channel_usage_percent: Gauge<ChannelLabels>,
    /// Configured buffer capacity for an MPSC channel.
    #[metric(unit = "{message}")]
    mpsc_channel_capacity: Gauge<ChannelLabels, u64>,
    /// Count of channel overflow events (backpressure applied).
    #[metric(unit = "{event}")]
    mpsc_channel_full_events_total: Counter<ChannelLabels>,
}
