//! The shipped metric set, declared as in any other crate.

use super::{
    DatabaseRoles,
    labels::{
        FailureLabels, OperationLabels, PoolLabels, RowLabels, StateLabels, TransactionLabels,
    },
};
use crate::{Counter, Histogram, MetricSet, ObservableUpDownCounter, UpDownCounter};

/// The databases that this process uses, with the names of OpenTelemetry's [semantic conventions
/// for database clients][conventions].
///
/// | metric | labels, beside the pool's name |
/// |---|---|
/// | `db.client.operation.duration` | `db.system.name`, `db.operation.name`, `error.type` |
/// | `db.client.response.returned_rows` | `db.system.name`, `db.operation.name` |
/// | `db.client.connection.count` | `db.client.connection.state` |
/// | `db.client.connection.max` | |
/// | `db.client.connection.pending_requests` | |
/// | `db.client.connection.timeouts` | |
/// | `db.client.connection.create_time` | |
/// | `db.client.connection.wait_time` | |
/// | `db.client.connection.use_time` | |
/// | `osapi_db_connection_failures_total` | `error.type` |
/// | `osapi_db_transactions_total` | `outcome` |
/// | `osapi_db_transaction_duration_seconds` | `outcome` |
///
/// All metrics have the label `db.client.connection.pool.name`. [`DatabaseRoles`] says what each
/// metric measures. The last three have no counterpart in the conventions. `sqlx` records all of
/// them; `redis` records durations of operations, times to connect, and connections that failed.
///
/// `db.client.operation.duration` has the boundaries that the conventions ask for. The label with
/// the pool's name is an addition of this library; `error.type` has the classes of the `error_type`
/// of the client's module, where the conventions ask for the status code of the database. Pools
/// beyond 50 names share the overflow series.
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/db/database-metrics/
#[derive(Debug, MetricSet)]
#[metric_set(
    prefix = "",
    crate = "crate",
    allow(semconv_names),
    roles(of = DatabaseRoles, labels = PoolLabels),
)]
pub struct DatabaseMetrics {
    /// Duration of database client operations.
    #[metric(
        name = "db.client.operation.duration",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
        max_series = 12_500_000,
        on = query_duration,
    )]
    operation_duration: Histogram<OperationLabels>,

    /// The actual number of records returned by the database operation.
    #[metric(
        name = "db.client.response.returned_rows",
        unit = "{row}",
        buckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000],
        max_series = 12_000,
        on = rows,
        absent_until = "a query returns rows",
    )]
    returned_rows: Histogram<RowLabels, u64>,

    /// The number of connections that are currently in the state described by the state attribute.
    #[metric(
        name = "db.client.connection.count",
        unit = "{connection}",
        on = connections,
        absent_until = "a pool of connections is observed",
    )]
    connections: ObservableUpDownCounter<StateLabels>,

    /// The maximum number of open connections allowed.
    #[metric(
        name = "db.client.connection.max",
        unit = "{connection}",
        on = connections_max,
        absent_until = "a pool of connections is observed",
    )]
    connections_max: ObservableUpDownCounter<PoolLabels>,

    /// The number of current pending requests for an open connection.
    #[metric(
        name = "db.client.connection.pending_requests",
        unit = "{request}",
        on = pending,
        absent_until = "a pool of connections is observed",
    )]
    pending: UpDownCounter<PoolLabels>,

    /// The number of connection timeouts that have occurred trying to obtain a connection from the
    /// pool.
    #[metric(
        name = "db.client.connection.timeouts",
        unit = "{timeout}",
        on = timeouts,
        absent_until = "a pool of connections is observed",
    )]
    timeouts: Counter<PoolLabels>,

    /// The time it took to create a new connection.
    #[metric(
        name = "db.client.connection.create_time",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
        on = connect,
        absent_until = "a connection is made",
    )]
    create_time: Histogram<PoolLabels>,

    /// The time it took to obtain an open connection from the pool.
    #[metric(
        name = "db.client.connection.wait_time",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
        on = wait,
        absent_until = "a connection is taken from a pool",
    )]
    wait_time: Histogram<PoolLabels>,

    /// The time between borrowing a connection and returning it to the pool.
    #[metric(
        name = "db.client.connection.use_time",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
        on = used,
        absent_until = "a connection goes back to its pool",
    )]
    use_time: Histogram<PoolLabels>,

    /// Callers that got no connection from the pool.
    #[metric(
        name = "osapi_db_connection_failures_total",
        unit = "{failure}",
        max_series = 5000,
        on = acquire_failures,
        absent_until = "a caller gets no connection",
    )]
    connection_failures: Counter<FailureLabels>,

    /// Transactions that have ended.
    #[metric(
        name = "osapi_db_transactions_total",
        unit = "{transaction}",
        on = transactions,
        absent_until = "a transaction has ended",
    )]
    transactions: Counter<TransactionLabels>,

    /// Duration of transactions.
    #[metric(
        name = "osapi_db_transaction_duration_seconds",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
        on = transaction_duration,
        absent_until = "a transaction has ended",
    )]
    transaction_duration: Histogram<TransactionLabels>,
}
