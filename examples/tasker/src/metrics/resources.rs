use osapi_metrics::{
    Counter, Histogram, MetricSet, ObservableGauge, ObservableUpDownCounter,
    instrumentation::{queue::QueueRoles, sqlx::SqlxRoles},
};

use super::{MILLISECONDS, labels::NamespaceLabels};

/// The queues of PGMQ.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", roles(of = QueueRoles, labels = NamespaceLabels))]
pub struct MessagingMetrics {
    /// Current queue depth per namespace.
    #[metric(name = "tasker.queue.depth", unit = "{message}", on = depth)]
    depth: ObservableGauge<NamespaceLabels, u64>,
    /// Messages sent to queues.
    #[metric(name = "tasker.queue.messages_sent.total", unit = "{message}", on = sent)]
    sent: Counter,
    /// Messages received from queues.
    #[metric(name = "tasker.queue.messages_received.total", unit = "{message}", on = received)]
    received: Counter,
    /// Messages deleted from queues.
    #[metric(name = "tasker.queue.messages_deleted.total", unit = "{message}", on = deleted)]
    deleted: Counter,
    /// Time to send a message, in milliseconds.
    #[metric(
        name = "tasker.queue.message_send.duration",
        buckets = MILLISECONDS,
        on = send_duration,
        records_in = "ms"
    )]
    send: Histogram,
    /// Time to receive messages, in milliseconds.
    #[metric(
        name = "tasker.queue.message_receive.duration",
        buckets = MILLISECONDS,
        on = receive_duration,
        records_in = "ms"
    )]
    receive: Histogram,
    /// Age of the oldest message in any queue; absent where all are empty.
    #[metric(name = "tasker.queue.age_seconds", unit = "s")]
    pub(crate) age: ObservableGauge,
    /// Messages that became visible again, because their reader did not delete them in time.
    #[metric(
        name = "tasker.queue.visibility_timeouts.total",
        unit = "{timeout}",
        on = visibility_timeouts
    )]
    visibility_timeouts: Counter,
    /// Operations on queues that failed.
    #[metric(name = "tasker.queue.errors.total", unit = "{error}", on = errors)]
    errors: Counter,
    /// Messages that were received again.
    #[metric(name = "tasker.queue.retry_attempts.total", unit = "{attempt}", on = retries)]
    retries: Counter,
}

/// The database and its connection pools.
#[derive(Debug, MetricSet)]
#[metric_set(prefix = "tasker", roles(of = SqlxRoles))]
pub struct DatabaseMetrics {
    /// Queries.
    #[metric(name = "tasker.sql.queries.total", unit = "{query}", on = queries)]
    queries: Counter,
    /// Time of a query, in milliseconds.
    #[metric(
        name = "tasker.sql.query.duration",
        buckets = MILLISECONDS,
        on = query_duration,
        records_in = "ms"
    )]
    query: Histogram,
    /// Connections in use.
    #[metric(
        name = "tasker.db.pool.connections_active",
        unit = "{connection}",
        on = connections_active
    )]
    connections_active: ObservableUpDownCounter,
    /// Connections that are open and not in use.
    #[metric(
        name = "tasker.db.pool.connections_idle",
        unit = "{connection}",
        on = connections_idle
    )]
    connections_idle: ObservableUpDownCounter,
    /// Time until a connection was free, in milliseconds.
    #[metric(
        name = "tasker.db.pool.wait_duration",
        buckets = MILLISECONDS,
        on = wait,
        records_in = "ms"
    )]
    wait: Histogram,
    /// Transactions.
    #[metric(name = "tasker.db.transactions.total", unit = "{transaction}", on = transactions)]
    transactions: Counter,
    /// Time of a transaction, in milliseconds.
    #[metric(
        name = "tasker.db.transaction.duration",
        buckets = MILLISECONDS,
        on = transaction_duration,
        records_in = "ms"
    )]
    transaction: Histogram,
}
